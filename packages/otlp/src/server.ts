import {
  ConsumeError,
  createContext,
  type ClientInfo,
  type Consumer,
  type RejectedPart,
} from '@tributary/component';
import { batchFactory, type Batch, type FromOptions, type Signal } from '@tributary/pdata';
import { answerTo, type Answer } from './answer.js';
import type { PartialSuccess } from './partial-success.js';

/**
 * Who takes what arrives, by signal. A signal that nobody takes does not exist for clients. Looked up for each
 * request: a signal may come and go while the server runs.
 */
export type OtlpConsumers = { readonly [S in Signal]?: Consumer<S> };

/** How requests are read. */
export interface OtlpServerOptions {
  /** Puts U+FFFD in the place of bytes that are not UTF-8. */
  readonly repairUtf8: boolean;
  /** Most groups and records of a request. */
  readonly maxItems: number;
  /** Whether the context carries the request's metadata or headers. */
  readonly includeMetadata: boolean;
  /** Told once a request how many fields of text were repaired, if any were. */
  readonly onRepair: (fields: number) => void;
  /** Told once a request that had items how many were taken, and how many were not. Default: nobody. */
  readonly onOutcome?: ((signal: Signal, accepted: number, refused: number) => void) | undefined;
}

/** What the servers of both protocols do alike with the requests of one signal. */
export interface Intake {
  readonly signal: Signal;
  /** Undefined while nobody takes the signal. */
  readonly consumer: Consumer<Signal> | undefined;
  /** @throws MalformedTelemetryError */
  readonly read: (bytes: Uint8Array, encoding: 'proto' | 'json') => Batch<Signal>;
  readonly onOutcome: OtlpServerOptions['onOutcome'];
}

const signals: readonly Signal[] = ['traces', 'metrics', 'logs', 'profiles'];

/** The intakes of all signals. */
export function intakesOf(consumers: OtlpConsumers, options: OtlpServerOptions): readonly Intake[] {
  const { repairUtf8, maxItems, onRepair, onOutcome } = options;
  const from: FromOptions = { repairUtf8, maxItems, onRepair };
  return signals.map((signal) => {
    const batches = batchFactory(signal);
    return {
      signal,
      get consumer() {
        return consumers[signal];
      },
      read: (bytes, encoding) =>
        encoding === 'proto' ? batches.from(bytes, from) : batches.fromJson(bytes, from),
      onOutcome,
    };
  });
}

/** Who sent a request. */
export interface Caller {
  readonly peer: string;
  /** Absent where the context carries none. */
  readonly metadata: (() => ClientInfo['metadata']) | undefined;
  readonly signal: () => AbortSignal;
}

const noMetadata: ClientInfo['metadata'] = new Map();

/**
 * Gives a batch to its consumer and the outcome to `reply`: `undefined` is success. Without
 * `async`, so that a consumer that answers at once costs no promise.
 */
export function deliverTo<R>(
  intake: Intake,
  consumer: Consumer<Signal>,
  batch: Batch<Signal>,
  { peer, metadata, signal }: Caller,
  reply: (answer: Answer | undefined) => R,
): R | Promise<R> {
  const items = batch.itemCount;
  // Nothing to take responsibility for: the Collector answers the same, and forwards nothing.
  if (items === 0) return reply(undefined);
  let partial: PartialSuccess | undefined;
  const context = createContext({
    client: { address: peer, metadata: metadata === undefined ? noMetadata : metadata() },
    signal,
    onRejected(told) {
      if (told.signal === intake.signal) partial = joined(partial, told, items);
    },
  });
  const accept = (): R => {
    intake.onOutcome?.(intake.signal, items, 0);
    return reply(partial && { kind: 'partial', partial });
  };
  const refuse = (error: unknown): R => {
    const refused = refusedOf(error, items);
    intake.onOutcome?.(intake.signal, items - refused, refused);
    return reply(answerTo(error, items));
  };
  let outcome: void | Promise<void>;
  try {
    outcome = consumer.consume(batch, context);
  } catch (error) {
    return refuse(error);
  }
  return outcome === undefined ? accept() : outcome.then(accept, refuse);
}

/** Several may tell of one request, whose client knows of no more items than it sent. */
function joined(before: PartialSuccess | undefined, told: RejectedPart, items: number): PartialSuccess {
  const { rejected, message } = before ?? { rejected: 0, message: '' };
  return {
    rejected: Math.min(rejected + told.items, items),
    // The pieces of one request are often rejected in the same words.
    message: message.includes(told.message) ? message : message + (message && '; ') + told.message,
  };
}

function refusedOf(error: unknown, items: number): number {
  const rejected = ConsumeError.is(error) ? error.rejected : undefined;
  return rejected === undefined ? items : Math.min(rejected.itemCount, items);
}
