import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty, seedsFromEnvironment } from '../support/property.js';

it('runs a property as often as the environment says, or a share of it', () => {
  const runs = Number(process.env['TRIBUTARY_RUNS']);
  let count = 0;
  const counted = fc.property(fc.integer(), () => void count++);
  assertProperty(counted);
  expect(count).toBe(runs);
  assertProperty(counted, 0.1);
  expect(count).toBe(runs + Math.max(1, Math.round(runs / 10)));
});

it('names the seed of a property that does not hold, synchronous or not', async () => {
  const seed = `seed: ${process.env['TRIBUTARY_SEED']}`;
  expect(() => assertProperty(fc.property(fc.integer(), () => false))).toThrow(seed);
  await expect(assertProperty(fc.asyncProperty(fc.integer(), async () => false))).rejects.toThrow(seed);
});

it('counts seeds up from that of the environment, one at least', () => {
  const seed = Number(process.env['TRIBUTARY_SEED']);
  const runs = Number(process.env['TRIBUTARY_RUNS']);
  expect(seedsFromEnvironment(0)).toEqual([seed]);
  const seeds = seedsFromEnvironment(1);
  expect([seeds.length, seeds.at(-1)]).toEqual([runs, seed + runs - 1]);
});
