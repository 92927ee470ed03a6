import { constants } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { collectLater, createLogger, type Balance, type Collector } from '@tributary/collector';
import { reportTo } from './demo/messages.js';

/** Stays below the 30 seconds after which Kubernetes, for one, kills a process. */
const defaultGraceMs = 25_000;
/** Of the grace, what is kept for components that do not end by themselves, and for the end of the process. */
const lastMomentMs = 1_000;

/**
 * Runs a collector as the job of this process: starts it, says where it listens, and on SIGTERM or SIGINT
 * shuts it down. The process ends within `SHUTDOWN_GRACE_MS` (25000), and what it could not deliver by then is
 * told with numbers. Exits with 0 where everything was delivered, with 1 where not, and at once on a second signal.
 *
 * Where another process forked this one, it tells that its books, and ends with it.
 */
export async function runService(name: string, collector: Collector): Promise<void> {
  collectLater();
  const logger = createLogger();
  const graceMs = graceOf(process.env['SHUTDOWN_GRACE_MS']);
  const asked = askedToEnd();

  // A signal that comes while it starts must not wait for that.
  await Promise.race([collector.start(), asked]);
  console.log(`${name} listens: ${JSON.stringify(collector.addresses())}`);
  const reports = reportTo(process, collector);

  // A component that cannot go on ends the collector, too.
  await Promise.race([asked, collector.stopped]);
  logger.info('Shutting down.', { grace_ms: graceMs });
  const before = lossesOf(collector.balance());
  await collector.shutdown({ graceMs: Math.max(0, graceMs - lastMomentMs) });
  // The last answers are still on their way back to their callers.
  await nextTurn();
  const { dropped, held } = lossesOf(collector.balance());
  // Not `dropped_items`: each drop has had its line, with its reason.
  const undelivered = { dropped: dropped - before.dropped, left_behind: held };
  const isClean = undelivered.dropped + undelivered.left_behind === 0;
  if (isClean) logger.info('Shut down: everything was delivered.');
  else logger.error('Shut down: not everything was delivered.', undelivered);
  await reports.end();
  const failure = await collector.stopped;
  // A component that was given up may keep the process alive.
  process.exit(isClean && failure === undefined ? 0 : 1);
}

/** @throws RangeError for what is no number of milliseconds: it would be no grace at all */
export function graceOf(text: string = String(defaultGraceMs)): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new RangeError(`SHUTDOWN_GRACE_MS is a number of milliseconds, got ${JSON.stringify(text)}`);
}

/** Resolves when this process is asked to end. The next signal ends it at once. */
function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false;
    const ask = (signal: NodeJS.Signals): void => {
      if (isAsked) process.exit(128 + constants.signals[signal]);
      isAsked = true;
      resolve();
    };
    process.on('SIGTERM', ask);
    process.on('SIGINT', ask);
    // Who forked this process has ended.
    process.once('disconnect', () => resolve());
  });
}

/** Items that are gone for good, and items that are still somewhere inside. */
function lossesOf({ components }: Balance): { readonly dropped: number; readonly held: number } {
  let dropped = 0;
  let held = 0;
  for (const line of components) {
    held += line.held;
    for (const [reason, items] of line.dropped) {
      // Filters and sampling remove what they are to remove.
      if (reason !== 'filtered') dropped += items;
    }
  }
  return { dropped, held };
}
