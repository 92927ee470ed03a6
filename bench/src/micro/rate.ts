import { spansPerRequest, type Row } from './rows.js';

const roundMs = 200;

/** What a row reaches in one round, in million spans a second of CPU time. */
export function rateOf({ run, spans = spansPerRequest }: Row): number {
  let passes = 0;
  const before = process.cpuUsage();
  const end = performance.now() + roundMs;
  do {
    if (run() === undefined) throw new Error('a row must return what it has made');
    passes++;
  } while (performance.now() < end);
  const { user, system } = process.cpuUsage(before);
  return (passes * spans) / (user + system);
}
