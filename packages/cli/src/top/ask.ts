import type { BalanceReport } from '@tributary/collector';
import type { Clock } from '@tributary/component';
import type { BalanceUrl } from './endpoint.js';
import { printable } from './printable.js';
import { parseReport } from './report.js';

/** Longest time of an answer. */
const timeoutMs = 5_000;
/** A collector of a thousand components answers with less than one. */
const maxBytes = 16 * 2 ** 20;

/** Asks a collector for its books. @throws Error that says in one line what came instead */
export async function askForBalance(
  { url, name }: BalanceUrl,
  clock: Clock,
  stopped: AbortSignal,
): Promise<BalanceReport> {
  const late = new AbortController();
  const timer = clock.after(timeoutMs, () => late.abort());
  let status: number;
  let text: string | undefined;
  try {
    const reply = await fetch(url, {
      signal: AbortSignal.any([late.signal, stopped]),
      redirect: 'manual',
    });
    status = reply.status;
    text = await textOf(reply);
  } catch (error) {
    const why = late.signal.aborted ? `no answer within ${timeoutMs / 1000}s` : reasonOf(error);
    throw new Error(`cannot reach ${name}: ${why}`, { cause: error });
  } finally {
    timer.stop();
  }
  if (status !== 200) throw new Error(`${url} answered ${status}${quoted(text)}`);
  const report = text === undefined ? undefined : parseReport(text);
  if (report === undefined)
    throw new Error(`${url} did not answer with the books of a collector${quoted(text)}`);
  return report;
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
