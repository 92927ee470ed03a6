import type { Logger } from '@tributary/component';
import {
  createOperators,
  newEntry,
  operatorsSchema,
  type Entry,
  type OperatorConfig,
  type Operators,
} from '../src/index.js';
import { put } from '../src/entry.js';

/** Operators, and what came of them. */
export interface World {
  readonly operators: Operators;
  readonly emitted: Entry[];
  readonly counts: { created: number; absorbed: number; filtered: number; dropped: number };
  readonly lines: string[];
  /** Goes forward in time; what is due by then runs. */
  readonly advance: (ms: number) => void;
}

export function arrange(configs: readonly OperatorConfig[], random: () => number = () => 0.5): World {
  const emitted: Entry[] = [];
  const counts = { created: 0, absorbed: 0, filtered: 0, dropped: 0 };
  const lines: string[] = [];
  const note = (message: string, fields: object = {}): void =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug() {}, info: note, warn: note, error: note };
  let nowMs = Date.UTC(2026, 10, 27, 12);
  const timers = new Set<{ dueMs: number; everyMs: number; run: () => void }>();
  const clock = {
    now: () => nowMs,
    monotonic: () => nowMs,
    every(everyMs: number, run: () => void) {
      const timer = { dueMs: nowMs + everyMs, everyMs, run };
      timers.add(timer);
      return { stop: () => void timers.delete(timer) };
    },
  };
  const ledger = {
    created: (items: number) => void (counts.created += items),
    absorbed: (items: number) => void (counts.absorbed += items),
    filtered: (items: number) => void (counts.filtered += items),
    dropped: (items: number) => void (counts.dropped += items),
    held() {},
  };
  const operators = createOperators(
    operatorsSchema.parse(configs),
    { clock: clock as never, logger, random, ledger, env: { HOME: '/root' } },
    (entry) => emitted.push(entry),
  );
  return {
    operators,
    emitted,
    counts,
    lines,
    advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const next = [...timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
        if (next === undefined) break;
        nowMs = next.dueMs;
        next.dueMs += next.everyMs;
        next.run();
      }
      nowMs = endMs;
    },
  };
}

/** A receipt that counts. */
export function receipt(): { holds: number; hold: () => void; release: () => void } {
  const counted = { holds: 1, hold: () => void counted.holds++, release: () => void counted.holds-- };
  return counted;
}

export function entry(body: Entry['body'], attributes: Entry['attributes'] = {}): Entry {
  const made = newEntry(body, 1n, receipt());
  for (const [key, value] of Object.entries(attributes)) put(made.attributes, key, value);
  return made;
}

/** What one entry comes to. */
export function through(
  configs: readonly OperatorConfig[],
  given: Entry,
): Entry & { lines: readonly string[] } {
  const { operators, emitted, lines } = arrange(configs);
  operators.process(given);
  operators.flush();
  return { ...emitted[0]!, lines };
}
