import { expect, it } from 'vitest';
import { ReplayTime } from './time.js';

/** Time from 1970 on, and at which of it a clock of every second has ticked. */
function ticking() {
  const time = new ReplayTime(0);
  const ticks: number[] = [];
  time.clock.every(1000, () => void ticks.push(time.clock.now()));
  return { time, ticks };
}

it('seconds pass one by one where something waits, and the rest of one as well', async () => {
  const { time, ticks } = ticking();
  let looks = 0;
  await time.passUntil(
    2500,
    () => true,
    async () => void looks++,
  );
  expect([time.clock.now(), time.clock.monotonic(), ticks, looks]).toEqual([2500, 2500, [1000, 2000], 3]);
});

it('where nothing waits they are skipped, and those to come begin when they would', async () => {
  const { time, ticks } = ticking();
  await time.passUntil(
    300,
    () => false,
    async () => {},
  );
  await time.passUntil(
    9e12 + 700,
    () => false,
    async () => {},
  );
  expect([time.clock.now(), ticks]).toEqual([9e12 + 700, []]);
  await time.passUntil(
    9e12 + 2300,
    () => true,
    async () => {},
  );
  expect(ticks).toEqual([9e12 + 1000, 9e12 + 2000]);
});

it('time does not go back', async () => {
  const { time } = ticking();
  await time.passUntil(
    1500,
    () => true,
    async () => {},
  );
  await time.passUntil(
    200,
    () => true,
    async () => {},
  );
  expect(time.clock.now()).toBe(1500);
});

it('what waits for more than a day is refused', async () => {
  await expect(new ReplayTime(0).tick(24 * 60 * 60)).rejects.toThrow(
    'traces are not decided within a day: decision_wait is too long for a replay',
  );
});
