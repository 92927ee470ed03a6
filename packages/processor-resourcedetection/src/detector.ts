import type { AttributeInput, Runtime } from '@tributary/component';
import type { Completed } from './config.js';
import type { Surroundings } from './surroundings.js';

/** What was found. */
export interface Found {
  readonly attributes: Readonly<Record<string, AttributeInput | undefined>>;
  /** Of the semantic conventions that the names are from; empty where nobody knows. */
  readonly schemaUrl: string;
}

/** A detector that is not on its platform, or whose server is not there: no error, unless it is to be one. */
export interface Absent {
  readonly absent: string;
  /** Worth a warning, where a user may have meant to give access. */
  readonly warns?: boolean | undefined;
}

/** What a detector is given. */
export interface Place {
  readonly config: Completed;
  readonly surroundings: Surroundings;
  readonly runtime: Runtime;
}

/**
 * Finds out once. Rejects where it is on its platform and cannot find out. `signal` aborts when the time of the whole
 * detection is up; who asks whether he is there at all takes that for a no.
 */
export type Detect = (place: Place, signal: AbortSignal) => Promise<Found | Absent>;

/** Of the conventions whose names are used here. */
export const schemaUrl = 'https://opentelemetry.io/schemas/1.40.0';

export const found = (attributes: Found['attributes']): Found => ({ attributes, schemaUrl });
export const absent = (why: string): Absent => ({ absent: why });
export const isAbsent = (outcome: Found | Absent): outcome is Absent => 'absent' in outcome;

export function messageOf(error: unknown): string {
  return error instanceof Error
    ? error.message || (error as NodeJS.ErrnoException).code || error.name
    : String(error);
}

/**
 * Longest time for the first answer of a server that may not be there: without it, a host without one would wait for all
 * of `timeout`.
 */
const probeMs = 2000;

/** Runs `work` with a signal that also aborts after a time of its own. */
export async function within<T>(
  { clock }: Pick<Runtime, 'clock'>,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  ms: number = probeMs,
): Promise<T> {
  const end = new AbortController();
  const abort = (): void => end.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  const timer = clock.after(ms, () => end.abort(new Error(`no answer within ${ms} ms`)));
  try {
    return await work(end.signal);
  } catch (error) {
    // What an aborted request throws does not say why.
    throw end.signal.aborted ? end.signal.reason : error;
  } finally {
    timer.stop();
    signal.removeEventListener('abort', abort);
  }
}

/** The object of a JSON document. */
export function objectIn(text: string, what: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${what} is no JSON: ${messageOf(cause)}`, { cause });
  }
  if (isObject(value)) return value;
  throw new Error(`${what} is no JSON object`);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text that is not empty. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
