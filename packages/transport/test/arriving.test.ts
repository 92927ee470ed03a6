import { describe, expect, it } from 'vitest';
import { Arriving } from '../src/arriving.js';
import { testRuntime, type LogLine } from './helpers.js';

const mebibyte = 1 << 20;

function requests(): {
  begin: (name: string, hasRoom?: () => boolean) => ReturnType<Arriving['begin']>;
  arriving: Arriving;
  cut: string[];
  pass: (ms: number) => void;
  lines: readonly LogLine[];
} {
  const { clock, logger, lines } = testRuntime();
  let now = 0;
  const arriving = new Arriving({ clock: { ...clock, monotonic: () => now }, logger });
  const cut: string[] = [];
  return {
    arriving,
    cut,
    lines,
    begin: (name, hasRoom = () => true) => arriving.begin({ hasRoom, cut: () => void cut.push(name) }),
    pass: (ms) => void (now += ms),
  };
}

describe('requests on their way', () => {
  it('may hold 128 MiB together; beyond, the oldest is cut off', () => {
    const { begin, cut } = requests();
    const [a, b] = [begin('a'), begin('b')];
    a.add(60 * mebibyte);
    b.add(60 * mebibyte);
    expect(cut).toEqual([]);
    const c = begin('c');
    c.add(8 * mebibyte);
    expect(cut).toEqual(['a']);
    // Its room is free again.
    c.add(59 * mebibyte);
    expect(cut).toEqual(['a']);
    c.add(60 * mebibyte);
    expect(cut).toEqual(['a', 'b']);
  });

  it('count even if nothing of them comes', () => {
    const { begin, cut } = requests();
    for (let n = 0; n < 8192; n++) begin(`request ${n}`);
    expect(cut).toEqual([]);
    begin('one more');
    expect(cut).toEqual(['request 0']);
  });

  it('do not count when they are here, or were cut off', () => {
    const { begin, cut } = requests();
    for (let n = 0; n < 10; n++) {
      const request = begin(`request ${n}`);
      request.add(100 * mebibyte);
      request.end();
      request.end();
      request.add(100 * mebibyte);
    }
    expect(cut).toEqual([]);
  });

  it('ask for each mebibyte whether there is still room', () => {
    const { begin, cut } = requests();
    let asked = 0;
    const request = begin('a', () => ++asked < 3);
    for (let kibibytes = 0; kibibytes < 2048; kibibytes += 64) request.add(64 << 10);
    expect([asked, cut]).toEqual([2, []]);
    request.add(mebibyte);
    expect([asked, cut]).toEqual([3, ['a']]);
  });

  it('make room after ten seconds where there is none, and not before', () => {
    const { begin, arriving, cut, pass } = requests();
    begin('a');
    pass(1);
    begin('b');
    pass(9_998);
    arriving.makeRoom();
    expect(cut).toEqual([]);
    pass(1);
    arriving.makeRoom();
    expect(cut).toEqual(['a']);
  });

  it('are told of in a line when they are cut off, at most every ten seconds', () => {
    const { begin, arriving, pass, lines } = requests();
    for (const _ of 'abc') begin('x');
    arriving.cutOlderThan(0);
    pass(10_000);
    begin('x');
    arriving.cutOlderThan(0);
    expect(lines.map(({ level, fields }) => [level, fields])).toEqual([
      ['warn', { so_far: 1 }],
      ['warn', { so_far: 4 }],
    ]);
  });
});
