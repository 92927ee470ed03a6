import type { Status } from '@tributary/component';
import type { HttpReply, HttpRequest } from '@tributary/transport';
import type { Health, HealthBook, Summary } from './health-book.js';
import { json, text } from './http-path.js';

/** The Collector's names. */
const names: Readonly<Record<Status, string>> = {
  none: 'StatusNone',
  starting: 'StatusStarting',
  ok: 'StatusOK',
  recoverable_error: 'StatusRecoverableError',
  permanent_error: 'StatusPermanentError',
  fatal_error: 'StatusFatalError',
  stopping: 'StatusStopping',
  stopped: 'StatusStopped',
};

/** What is unhealthy by itself, rather than on its way to be healthy or to be gone. */
const broken: ReadonlySet<Status> = new Set(['recoverable_error', 'permanent_error', 'fatal_error']);

/**
 * The page of version 2: how the collector does, or with `?pipeline=traces` one pipeline.
 *
 * @param startedAt milliseconds since the epoch
 */
export function statusPage(
  book: HealthBook,
  startedAt: number,
  isAlwaysVerbose: boolean,
): (request: HttpRequest) => HttpReply {
  return ({ query }) => {
    const asked = new URLSearchParams(query);
    const pipeline = asked.get('pipeline') ?? '';
    const summary = book.summary(pipeline);
    if (summary === undefined) return text(404, `no such pipeline: ${pipeline}\n`);
    const isVerbose = isAlwaysVerbose || (asked.has('verbose') && asked.get('verbose') !== 'false');
    return json(book.isHealthy(summary) ? 200 : broken.has(summary.status) ? 500 : 503, {
      start_time: timeOf(startedAt),
      ...describe(book, summary, isVerbose),
    });
  };
}

function describe(book: HealthBook, health: Health | Summary, isVerbose: boolean): object {
  const { status, error, at } = health;
  return {
    healthy: book.isHealthy(health),
    status: names[status],
    ...(error !== undefined && { error: error.message }),
    status_time: timeOf(at),
    ...(isVerbose &&
      'parts' in health && {
        components: Object.fromEntries(
          [...health.parts].map(([name, part]) => [name, describe(book, part, true)]),
        ),
      }),
  };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
