import type { Clock } from '@tributary/component';
import { printable } from './printable.js';

/** Longest time of an answer. */
const timeoutMs = 5_000;
/** A collector of a thousand components answers with less than one. */
const maxBytes = 16 * 2 ** 20;

/** What a collector is asked, and what the user calls it. */
export interface Question {
  readonly url: string;
  readonly name: string;
}

/**
 * Asks a collector, and makes something of the text that it answers with.
 *
 * @param expected what it should have answered with, in words
 * @throws Error that says in one line what came instead
 */
export async function askCollector<T>(
  { url, name }: Question,
  { clock, stopped }: { readonly clock: Clock; readonly stopped?: AbortSignal },
  parse: (text: string) => T | undefined,
  expected: string,
): Promise<T> {
  const late = new AbortController();
  const timer = clock.after(timeoutMs, () => late.abort());
  let status: number;
  let text: string | undefined;
  try {
    const signals = stopped === undefined ? [late.signal] : [late.signal, stopped];
    const reply = await fetch(url, { signal: AbortSignal.any(signals), redirect: 'manual' });
    status = reply.status;
    text = await textOf(reply);
  } catch (error) {
    const why = late.signal.aborted ? `no answer within ${timeoutMs / 1000}s` : reasonOf(error);
    throw new Error(`cannot reach ${name}: ${why}`, { cause: error });
  } finally {
    timer.stop();
  }
  if (status !== 200) throw new Error(`${url} answered ${status}${quoted(text)}`);
  const answer = text === undefined ? undefined : parse(text);
  if (answer === undefined) throw new Error(`${url} did not answer with ${expected}${quoted(text)}`);
  return answer;
}

/** Undefined where there is more than we want. */
async function textOf(reply: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of reply.body ?? []) {
    const piece = chunk as Uint8Array;
    bytes += piece.byteLength;
    if (bytes > maxBytes) return undefined;
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

/** The beginning of what a server says. */
function quoted(text: string | undefined): string {
  const [line = ''] = (text ?? '').trim().split('\n', 1);
  const shown = printable(line.slice(0, 200));
  return shown === '' ? '' : `: ${shown}`;
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused; does the collector run, and has it a metrics reader there?',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be looked up',
  ECONNRESET: 'the connection was closed',
  UND_ERR_SOCKET: 'the connection was closed',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the host',
};

/** `fetch` says no more than "fetch failed"; the causes know. */
function reasonOf(error: unknown): string {
  let last = error instanceof Error ? error.message : String(error);
  for (let cause = error; cause instanceof Error; cause = causeOf(cause)) {
    const { code } = cause as NodeJS.ErrnoException;
    const known = code === undefined ? undefined : reasons[code];
    if (known !== undefined) return known;
    if (cause.message !== '') last = cause.message;
  }
  return printable(last.trim());
}

function causeOf(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : error.cause;
}
