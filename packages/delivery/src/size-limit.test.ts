import type { Clock } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { SizeLimit } from './size-limit.js';

function limitAt(time: { ms: number } = { ms: 0 }): SizeLimit {
  // All that it asks of a clock.
  return new SizeLimit({ monotonic: () => time.ms } as Clock);
}

/** Passes at the limit, often enough that a larger one is tried. */
function passOften(limit: SizeLimit): void {
  const bytes = limit.maxBytes;
  for (let i = 0; i < 50; i++) limit.passed(bytes);
}

describe('the limit of a peer that names it', () => {
  it('is what it says, and does not grow', () => {
    const limit = limitAt();
    expect(limit.maxBytes).toBe(Infinity);
    limit.refused(1_000, 400);
    passOften(limit);
    expect(limit.maxBytes).toBe(400);
  });

  it('is the smallest, where several peers answer', () => {
    const limit = limitAt();
    limit.refused(1_000, 400);
    limit.refused(1_000, 600);
    expect(limit.maxBytes).toBe(400);
    limit.refused(1_000, 300);
    expect(limit.maxBytes).toBe(300);
  });

  it('wins over a guess, also where it is larger', () => {
    const limit = limitAt();
    limit.refused(1_000, undefined);
    limit.refused(1_000, 900);
    expect(limit.maxBytes).toBe(900);
  });

  it.each([0, -1, 1_000, 2_000])('is not believed where it would not help: %d of 1,000', (named) => {
    const limit = limitAt();
    limit.refused(1_000, named);
    expect(limit.maxBytes).toBe(563);
  });
});

describe('the limit of a peer that does not name it', () => {
  it('is guessed from what it refused, and again where the guess was too large', () => {
    const limit = limitAt();
    limit.refused(1_000, undefined);
    expect(limit.maxBytes).toBe(563);
    limit.refused(560, undefined);
    expect(limit.maxBytes).toBe(315);
  });

  it('is not changed by what was known to be too large', () => {
    const limit = limitAt();
    limit.refused(1_000, undefined);
    limit.refused(800, undefined);
    expect(limit.maxBytes).toBe(563);
  });

  it('grows by half of what is not known, and goes back to what has passed', () => {
    const limit = limitAt();
    limit.refused(1_000, undefined);
    passOften(limit);
    expect(limit.maxBytes).toBe(563 + 218);
    limit.refused(781, undefined);
    expect(limit.maxBytes).toBe(563);
    passOften(limit);
    expect(limit.maxBytes).toBe(563 + 109);
  });

  it('does not grow by what is far below it, or where little is not known', () => {
    const limit = limitAt();
    limit.refused(1_000, undefined);
    for (let i = 0; i < 1_000; i++) limit.passed(400);
    expect(limit.maxBytes).toBe(563);
    for (let i = 0; i < 10; i++) passOften(limit);
    expect(limit.maxBytes).toBe(890);
  });

  it('takes over from one that was named, where that is too large', () => {
    const limit = limitAt();
    limit.refused(1_000, 800);
    limit.refused(800, undefined);
    expect(limit.maxBytes).toBe(450);
    passOften(limit);
    expect(limit.maxBytes).toBe(450 + 175);
  });

  it('may grow beyond what was refused ten minutes ago', () => {
    const time = { ms: 0 };
    const limit = limitAt(time);
    limit.refused(100, undefined);
    time.ms = 599_999;
    for (let i = 0; i < 10; i++) passOften(limit);
    expect(limit.maxBytes).toBeLessThan(100);
    time.ms = 600_000;
    for (let i = 0; i < 3; i++) passOften(limit);
    expect(limit.maxBytes).toBeGreaterThan(250);
  });
});
