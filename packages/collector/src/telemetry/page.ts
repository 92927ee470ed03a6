import type { HttpHead, HttpReply } from '@tributary/transport';
import type { Answer, Answers } from '../answers.js';
import { isLoopback } from './loopback.js';
import type { BalanceSettings } from './settings.js';

/** What the listeners of the telemetry serve at one path. */
export interface Page {
  readonly path: string;
  /** Whoever reaches the listener, or those at this machine alone; who else may is said by {@link privacyOf}. */
  readonly audience: 'everyone' | 'machine';
  /** The paths that it serves at this moment, where they come and go; they are told to whom they are shown. */
  paths?(): readonly string[];
  render(at: { readonly path: string; readonly query: string }): PageContent | Promise<PageContent>;
}

export interface PageContent {
  readonly type: string;
  readonly body: string;
}

/** A page of JSON for whoever sits at this machine. */
export function privatePage(path: string, value: () => unknown): Page {
  return { path, audience: 'machine', render: () => json(value()) };
}

/** A page of JSON for each topic that somebody answers, at `/<topic>`; for whoever sits at this machine. */
export function answerPage(answers: Answers): Page {
  return {
    path: '',
    audience: 'machine',
    paths: () => answers.topics.map((topic) => `/${topic}`),
    render: async ({ path, query }) => {
      const said = await answers.ask(path.slice(1), new URLSearchParams(query));
      return json({ answers: said.map(sayable) });
    },
  };
}

/** An answer that JSON cannot say must not take those of the others with it. */
function sayable(answer: Answer): Answer {
  try {
    JSON.stringify(answer);
    return answer;
  } catch (error) {
    return { ...answer, answer: undefined, error: error instanceof Error ? error.message : String(error) };
  }
}

function json(value: unknown): PageContent {
  return { type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}

/** Why private pages are not shown to a request; undefined: they are. */
export type Privacy = (head: HttpHead) => HttpReply | undefined;

/**
 * Private pages are served on loopback addresses, to callers who call them so: a page of the web that leads a name
 * of its own here, to read what it must not (DNS rebinding), is refused. `enabled: true` serves them wherever the
 * listener is, under any name; `false` nowhere.
 *
 * It is the address that is bound that counts, not that of the connection: what comes to `0.0.0.0` by way of
 * 127.0.0.1 may have been sent on by a proxy.
 */
export function privacyOf({ enabled }: BalanceSettings, host: string): Privacy {
  if (enabled === true) return () => undefined;
  if (enabled === false) return () => plain(404, 'service.telemetry.balance.enabled is false\n');
  if (!isLoopback(host)) {
    const why = 'the listener is not bound to a loopback address';
    const remedy = 'service.telemetry.balance.enabled: true serves it here';
    return () => plain(404, `${why}; ${remedy}\n`);
  }
  return ({ headers }) => {
    const named = typeof headers['host'] === 'string' ? headers['host'].replace(/:\d*$/, '') : '';
    if (isLoopback(named)) return undefined;
    return plain(403, 'the Host header names no loopback address\n');
  };
}

export function plain(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}
