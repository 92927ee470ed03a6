import type { Timer } from '@tributary/component';
import { sizeOf, type Entry, type Receipt } from '../entry.js';
import type { Field } from '../field.js';
import type { Operator, OperatorsRuntime, Pass } from './operator.js';

/** How entries are joined. Sizes in bytes, times in milliseconds. */
export interface RecombineRules {
  readonly isFirst: ((entry: Entry) => boolean) | undefined;
  readonly isLast: ((entry: Entry) => boolean) | undefined;
  readonly combineField: Field;
  readonly combineWith: string;
  /** Entries of one record, at most. */
  readonly maxBatchSize: number;
  /** Entries that wait for the first match of their source. */
  readonly maxUnmatchedBatchSize: number;
  /** Sources of which something is held. */
  readonly maxSources: number;
  readonly keeps: 'oldest' | 'newest';
  readonly forceFlushMs: number;
  /** By what sources are told apart. */
  readonly sourceOf: (entry: Entry) => string;
  /** Of a joined text; 0 is no limit. */
  readonly maxLogSize: number;
}

/** What one source has so far. */
interface Pool {
  readonly entries: Entry[];
  bytes: number;
  textBytes: number;
  /** A match has said where a record begins, or ends. */
  isMatched: boolean;
  sinceMs: number;
}

/** Joins the entries of a record, for each source by itself. */
export function createRecombine(
  { clock, ledger, logger }: Pick<OperatorsRuntime, 'clock' | 'ledger' | 'logger'>,
  rules: RecombineRules,
  pass: Pass,
): Operator {
  const { isFirst, isLast, combineField, maxBatchSize, maxUnmatchedBatchSize, maxSources, forceFlushMs } =
    rules;
  const pools = new Map<string, Pool>();
  const held = { entries: 0, bytes: 0 };
  let timer: Timer | undefined;

  function poolOf(source: string): Pool {
    let pool = pools.get(source);
    if (pool !== undefined) return pool;
    if (pools.size >= maxSources) {
      logger.error('Too many sources of records that go on: all that is held is given on', {
        max_sources: maxSources,
      });
      flush();
    }
    pool = { entries: [], bytes: 0, textBytes: 0, isMatched: false, sinceMs: clock.monotonic() };
    pools.set(source, pool);
    return pool;
  }

  function add(source: string, entry: Entry, isMatch: boolean): void {
    const pool = poolOf(source);
    const bytes = sizeOf(entry);
    pool.entries.push(entry);
    pool.isMatched ||= isMatch;
    pool.bytes += bytes;
    held.entries++;
    held.bytes += bytes;
    const text = combineField.get(entry);
    pool.textBytes += typeof text === 'string' ? text.length : 0;
    const most = pool.isMatched ? maxBatchSize : Math.min(maxBatchSize, maxUnmatchedBatchSize);
    const isTooLong = rules.maxLogSize > 0 && pool.textBytes >= rules.maxLogSize;
    if (pool.entries.length >= most || isTooLong) give(source);
    timer ??= forceFlushMs > 0 ? clock.every(Math.max(1, forceFlushMs / 5), look) : undefined;
  }

  /** Gives on what has waited for too long. */
  function look(): void {
    const nowMs = clock.monotonic();
    for (const [source, { sinceMs }] of pools) if (nowMs - sinceMs >= forceFlushMs) give(source);
    if (pools.size > 0) return;
    timer?.stop();
    timer = undefined;
  }

  /** Gives on what a source has, as one. */
  function give(source: string): void {
    const pool = pools.get(source);
    if (pool === undefined) return;
    pools.delete(source);
    held.entries -= pool.entries.length;
    held.bytes -= pool.bytes;
    const [first] = pool.entries;
    if (first !== undefined) pass(pool.entries.length === 1 ? first : join(pool.entries));
  }

  function join(entries: readonly Entry[]): Entry {
    const base = rules.keeps === 'oldest' ? entries[0]! : entries.at(-1)!;
    const texts: string[] = [];
    for (const entry of entries) {
      const text = combineField.get(entry);
      if (typeof text === 'string') texts.push(text);
    }
    if (texts.length > 0) combineField.set(base, texts.join(rules.combineWith));
    base.receipt = joined(entries.map(({ receipt }) => receipt));
    ledger.absorbed(entries.length - 1);
    return base;
  }

  function flush(): void {
    for (const source of pools.keys()) give(source);
  }

  return {
    held,
    process(entry) {
      const source = rules.sourceOf(entry);
      if (isFirst !== undefined) {
        // It belongs to the next record.
        const begins = isFirst(entry);
        if (begins) give(source);
        return add(source, entry, begins);
      }
      const ends = isLast!(entry);
      add(source, entry, ends);
      if (ends) give(source);
    },
    flush,
    close() {
      timer?.stop();
      timer = undefined;
    },
  };
}

/** One of several: a hold on it is one on all of them. */
function joined(receipts: readonly Receipt[]): Receipt {
  return {
    hold() {
      for (const receipt of receipts) receipt.hold();
    },
    release() {
      for (const receipt of receipts) receipt.release();
    },
  };
}
