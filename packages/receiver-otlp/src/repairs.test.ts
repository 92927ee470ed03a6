import type { Clock } from '@tributary/component';
import { expect, it } from 'vitest';
import { createRepairs } from './repairs.js';

/** One timer and what was logged. */
function arrangement(): {
  logged: unknown[];
  passTime: () => void;
  repairs: ReturnType<typeof createRepairs>;
} {
  const logged: unknown[] = [];
  let due: (() => void) | undefined;
  const clock = {
    after(ms: number, run: () => void) {
      expect(ms).toBe(10_000);
      due = run;
      return { stop: () => (due = undefined) };
    },
  } as unknown as Clock;
  const silent = (): void => {};
  const logger = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (_: string, fields?: object) => logged.push(fields),
  };
  return {
    logged,
    repairs: createRepairs({ clock, logger }),
    passTime() {
      const run = due;
      due = undefined;
      run?.();
    },
  };
}

it('tells of the first repair at once, and of those within 10 s in one line', () => {
  const { logged, repairs, passTime } = arrangement();
  repairs.add(2);
  repairs.add(3);
  repairs.add(4);
  expect(logged).toEqual([{ fields: 2, requests: 1 }]);
  passTime();
  expect(logged).toEqual([
    { fields: 2, requests: 1 },
    { fields: 7, requests: 2 },
  ]);
});

it('waits 10 s after each line, and tells at once again after a quiet time', () => {
  const { logged, repairs, passTime } = arrangement();
  repairs.add(1);
  repairs.add(1);
  passTime();
  repairs.add(1);
  expect(logged).toHaveLength(2);
  passTime();
  expect(logged).toHaveLength(3);
  passTime();
  passTime();
  expect(logged).toHaveLength(3);
  repairs.add(9);
  expect(logged.at(-1)).toEqual({ fields: 9, requests: 1 });
});

it('tells what is left when it closes, and stops its timer', () => {
  const { logged, repairs, passTime } = arrangement();
  repairs.add(1);
  repairs.add(5);
  repairs.close();
  expect(logged.at(-1)).toEqual({ fields: 5, requests: 1 });
  passTime();
  repairs.close();
  expect(logged).toHaveLength(2);
});
