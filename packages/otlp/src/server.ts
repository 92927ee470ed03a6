import { createContext, type ClientInfo, type Consumer, type Context } from '@tributary/component';
import { batchFactory, type Batch, type FromOptions, type Signal } from '@tributary/pdata';
import { answerTo, type Answer } from './answer.js';

/** Who takes what arrives, by signal. A signal that nobody takes does not exist for clients. */
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
}

/** What the servers of both protocols do alike with the requests of one signal. */
export interface Intake {
  readonly signal: Signal;
  readonly consumer: Consumer<Signal>;
  /** @throws MalformedTelemetryError */
  readonly read: (bytes: Uint8Array, encoding: 'proto' | 'json') => Batch<Signal>;
}

/** The intakes of those signals that somebody takes. */
export function intakesOf(consumers: OtlpConsumers, options: OtlpServerOptions): readonly Intake[] {
  const { repairUtf8, maxItems, onRepair } = options;
  const from: FromOptions = { repairUtf8, maxItems, onRepair };
  return (Object.keys(consumers) as Signal[]).map((signal) => {
    const batches = batchFactory(signal);
    return {
      signal,
      consumer: consumers[signal] as Consumer<Signal>,
      read: (bytes, encoding) =>
        encoding === 'proto' ? batches.from(bytes, from) : batches.fromJson(bytes, from),
    };
  });
}

/** The context of a request. */
export function contextOf(
  peer: string,
  metadata: (() => ClientInfo['metadata']) | undefined,
  signal: () => AbortSignal,
): Context {
  return createContext({
    client: { address: peer, metadata: metadata === undefined ? noMetadata : metadata() },
    signal,
  });
}

const noMetadata: ClientInfo['metadata'] = new Map();

/**
 * Gives a batch to its consumer and the outcome to `reply`: `undefined` is success. Without
 * `async`, so that a consumer that answers at once costs no promise.
 */
export function deliverTo<R>(
  consumer: Consumer<Signal>,
  batch: Batch<Signal>,
  context: Context,
  reply: (answer: Answer | undefined) => R,
): R | Promise<R> {
  const items = batch.itemCount;
  // Nothing to take responsibility for: the Collector answers the same, and forwards nothing.
  if (items === 0) return reply(undefined);
  try {
    const outcome = consumer.consume(batch, context);
    if (outcome === undefined) return reply(undefined);
    return outcome.then(
      () => reply(undefined),
      (error: unknown) => reply(answerTo(error, items)),
    );
  } catch (error) {
    return reply(answerTo(error, items));
  }
}
