import { expect } from 'vitest';
import { until } from '../proofs/support/processes.js';
import type { Attack } from './attack.js';
import type { Victim } from './victim.js';

/**
 * What a process whose memory limiter is set to 256 MiB may take at most: twice that. Beside what the limiter lets in
 * there is what is still on its way, 128 MiB at most, and what the allocator has not given back.
 */
export const maxRssMib = 512;

/** Connections that good clients may have opened in the meantime. */
const maxMoreDescriptors = 4;
const usualPatienceMs = 60_000;

/** What an attack came to. */
export type Withstood = Readonly<
  Record<'attack' | 'of' | 'heard', string> & Record<'times' | 'peak MiB' | 'seconds', number>
>;

/**
 * Lets an attack go on until all is done, sends good requests while its connections are there, lifts it, and looks
 * whether anything is left of it.
 */
export async function withstand(
  victim: Victim,
  attack: Attack,
  times: number,
  patienceMs: number = usualPatienceMs,
): Promise<Withstood> {
  const startMs = performance.now();
  const before = victim.descriptors;
  const complained = victim.complaints.length;
  victim.forgetPeak();
  const siege = await attack.lay(victim, times);
  try {
    expect(await victim.tellsTheGood()).toEqual(['grpc 0', 'http 200']);
  } finally {
    siege.lift();
  }
  const peakMib = victim.peakMib;
  expect(peakMib).toBeLessThanOrEqual(maxRssMib);
  await until(() => victim.descriptors <= before + maxMoreDescriptors, 'its connections to go', patienceMs);
  expect(victim.isAlive).toBe(true);
  expect(victim.complaints.slice(complained)).toEqual([]);
  expect(victim.backend.problems).toEqual([]);
  return {
    attack: attack.name,
    times,
    of: attack.unit,
    heard: String(siege.heard),
    'peak MiB': Math.round(peakMib),
    seconds: (performance.now() - startMs) / 1000,
  };
}
