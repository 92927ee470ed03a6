import type { Collector } from '@tributary/collector';
import type {} from 'vitest';
import type { Wanted } from './match/pattern.js';
import { judgeBalance, judgeRecord, type Searchable, type Verdict } from './match/verdict.js';

declare module 'vitest' {
  interface Matchers<T> {
    /** A sink, a server, a batch or a list has a span as wanted. The message shows how the nearest differs. */
    toHaveSpan(wanted: Wanted<'traces'>): void;
    /** As {@link toHaveSpan}. */
    toHaveMetric(wanted: Wanted<'metrics'>): void;
    /** As {@link toHaveSpan}. */
    toHaveLogRecord(wanted: Wanted<'logs'>): void;
    /** As {@link toHaveSpan}. */
    toHaveProfile(wanted: Wanted<'profiles'>): void;
    /** Every item that has entered a collector is accounted for. */
    toBalance(): void;
  }
}

/**
 * What `expect` learns about telemetry.
 *
 * @example
 * import { matchers } from '@tributary/testkit/vitest';
 * expect.extend(matchers);
 * expect(sink).toHaveSpan({ name: 'GET /', attributes: { 'http.route': '/' } });
 */
export const matchers = {
  toHaveSpan: (where: Searchable<'traces'>, wanted: Wanted<'traces'>): Verdict =>
    judgeRecord('traces', where, wanted),
  toHaveMetric: (where: Searchable<'metrics'>, wanted: Wanted<'metrics'>): Verdict =>
    judgeRecord('metrics', where, wanted),
  toHaveLogRecord: (where: Searchable<'logs'>, wanted: Wanted<'logs'>): Verdict =>
    judgeRecord('logs', where, wanted),
  toHaveProfile: (where: Searchable<'profiles'>, wanted: Wanted<'profiles'>): Verdict =>
    judgeRecord('profiles', where, wanted),
  toBalance: (collector: Pick<Collector, 'balance'>): Verdict => judgeBalance(collector),
};
