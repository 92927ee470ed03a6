import { ConsumeError, type Clock, type Logger, type Timer } from '@tributary/component';
import { isTimeout } from '@tributary/delivery';
import type { OtlpClient } from '@tributary/otlp';
import { Traces } from '@tributary/pdata';

/** Pauses between probes of one that cannot be reached: the first, the longest, and how they grow. */
const firstPauseMs = 1000;
const longestPauseMs = 30_000;
const growth = 1.5;
/** Longest time for the answer to a probe. */
const probeMs = 1000;

/** Codes of gRPC for a peer that was not reached, or did not answer in time. */
const unreachable: ReadonlySet<number> = new Set([4, 14]);

/** What a backend does with its surroundings. */
export interface BackendSurroundings {
  readonly clock: Clock;
  readonly logger: Logger;
  /** A client of its own for each connection. */
  readonly connect: () => OtlpClient;
  /** It cannot be reached. */
  readonly onOut: (backend: Backend) => void;
  /** It can be reached again. */
  readonly onBack: (backend: Backend) => void;
}

/**
 * One backend: a connection, and whether it lives. When an attempt fails as if nobody was there, it is probed by an
 * empty request over a connection of its own: one that answers, whatever it says, lives and gets its data later; one
 * that does not is out until a probe is answered.
 */
export class Backend {
  /** Where it stands in a ring. */
  readonly name: string;
  readonly number: number;
  /** `member` of the ring; `leaving`, and only gets what belongs to traces that it knows; `gone`. */
  state: 'member' | 'leaving' | 'gone' = 'member';
  isOut = false;
  readonly #surroundings: BackendSurroundings;
  #client: OtlpClient;
  #opening: Promise<void> | undefined;
  /** The probe under way. */
  #probing: Promise<void> | undefined;
  /** Until the next one, while it is out. */
  #pause: Timer | undefined;
  #pauseMs = firstPauseMs;
  readonly #end = new AbortController();

  constructor(name: string, number: number, surroundings: BackendSurroundings) {
    this.name = name;
    this.number = number;
    this.#surroundings = surroundings;
    this.#client = surroundings.connect();
  }

  get isUsable(): boolean {
    return this.state !== 'gone' && !this.isOut;
  }

  /** Reads what its connections need. @throws TransportError where a file cannot be read */
  open(): Promise<void> {
    this.#opening ??= this.#client.open().catch((error: unknown) => {
      // A file may be there the next time.
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  send: OtlpClient['send'] = async (batch, attempt) => {
    await this.open();
    try {
      return await this.#client.send(batch, attempt);
    } catch (error) {
      // Whoever hears of the failure is to know whether it is out: then there is no use in trying here again.
      if (isUnreachable(error, attempt.signal)) await this.#suspect();
      throw error;
    }
  };

  async close(): Promise<void> {
    this.state = 'gone';
    this.#end.abort();
    this.#pause?.stop();
    await this.#client.close();
    await this.#probing;
  }

  /** Resolves when it is known whether it lives. */
  async #suspect(): Promise<void> {
    if (this.#pause === undefined && this.state !== 'gone') await (this.#probing ??= this.#probe());
  }

  /** Never rejects. */
  async #probe(): Promise<void> {
    this.#pause = undefined;
    const client = this.#surroundings.connect();
    const isAlive = await this.#answers(client);
    this.#probing = undefined;
    if (this.state === 'gone' || (isAlive && !this.isOut)) await close(client);
    else if (isAlive) await this.#return(client);
    else {
      await close(client);
      await this.#leave();
    }
  }

  async #answers(client: OtlpClient): Promise<boolean> {
    const late = new AbortController();
    const giveUp = (): void => late.abort();
    const timer = this.#surroundings.clock.after(probeMs, giveUp);
    this.#end.signal.addEventListener('abort', giveUp);
    try {
      await client.open();
      await client.send(Traces.create(), { signal: late.signal, timeoutMs: probeMs });
      return true;
    } catch (error) {
      return !late.signal.aborted && !isUnreachable(error, late.signal);
    } finally {
      timer.stop();
      this.#end.signal.removeEventListener('abort', giveUp);
    }
  }

  async #leave(): Promise<void> {
    const { clock, logger, connect, onOut } = this.#surroundings;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(longestPauseMs, pauseMs * growth);
    this.#pause = clock.after(pauseMs, () => {
      this.#probing ??= this.#probe();
    });
    if (this.isOut) return;
    this.isOut = true;
    logger.warn('A backend cannot be reached. Its items go to the others until it answers.', {
      endpoint: this.name,
    });
    onOut(this);
    // What is still under way there would wait for its deadline.
    this.#opening = undefined;
    await this.#replace(connect());
  }

  /** With the connection that has just been answered on: the old one may wait before it tries again. */
  async #return(client: OtlpClient): Promise<void> {
    const { logger, onBack } = this.#surroundings;
    const replaced = this.#replace(client);
    this.isOut = false;
    this.#pauseMs = firstPauseMs;
    logger.info('A backend can be reached again.', { endpoint: this.name });
    onBack(this);
    await replaced;
  }

  async #replace(client: OtlpClient): Promise<void> {
    const before = this.#client;
    this.#client = client;
    await close(before);
  }
}

/** What goes wrong then is of no use to anybody. */
async function close(client: OtlpClient): Promise<void> {
  await client.close().catch(() => undefined);
}

/** Nobody answered in time. A peer that says when to come again, or answers anything else, lives. */
function isUnreachable(error: unknown, signal: AbortSignal): boolean {
  // What its caller has given up says nothing, unless it was for its time.
  if (signal.aborted) return isTimeout(signal.reason);
  if (!ConsumeError.is(error)) return true;
  const { kind, retryAfterMs, status } = error;
  return (
    kind === 'retryable' &&
    retryAfterMs === undefined &&
    (status === undefined || unreachable.has(status.code))
  );
}
