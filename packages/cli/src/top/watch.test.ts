import type { BalanceReport } from '@tributary/collector';
import { virtualClock, type VirtualClock } from '@tributary/testkit';
import { describe, expect, it } from 'vitest';
import { edgeLine, reportAt } from '../../test/reports.js';
import { plainScreen, terminalScreen, type Screen } from './screen.js';
import { watch } from './watch.js';

type Answer = BalanceReport | Error | 'never';

interface Watching {
  readonly clock: VirtualClock;
  readonly pictures: string[][];
  readonly isClosed: () => boolean;
  readonly resize: () => void;
  readonly stop: () => void;
  readonly ended: Promise<void>;
}

/** Watches a collector that answers so, one after the other, every two seconds. */
function watching(...answers: readonly Answer[]): Watching {
  const clock = virtualClock();
  const stop = new AbortController();
  const pictures: string[][] = [];
  const queue = [...answers];
  let isClosed = false;
  let resize = (): void => {};
  const screen: Screen = {
    width: 100,
    height: 30,
    show: (lines) => void pictures.push([...lines]),
    close: () => (isClosed = true),
  };
  const ask = (stopped: AbortSignal): Promise<BalanceReport> => {
    const answer = queue.shift() ?? 'never';
    if (answer instanceof Error) return Promise.reject(answer);
    if (answer !== 'never') return Promise.resolve(answer);
    return new Promise((_, reject) => stopped.addEventListener('abort', () => reject(new Error('aborted'))));
  };
  const ended = watch({
    name: 'http://localhost:8888',
    ask,
    screen,
    paint: (text) => text,
    hint: 'q quits',
    intervalMs: 2_000,
    clock,
    stopped: stop.signal,
    onResize(listener) {
      resize = listener;
      return () => (resize = () => {});
    },
  });
  return {
    clock,
    pictures,
    isClosed: () => isClosed,
    resize: () => resize(),
    stop: () => stop.abort(),
    ended,
  };
}

const at = (seconds: number, offered: number): BalanceReport =>
  reportAt(seconds, { edges: [edgeLine({ offered })] });
/** The rate of the only edge. */
const rateIn = (picture: readonly string[]): string =>
  picture.find((line) => line.startsWith('otlp'))!.split(/ +/)[4]!;

describe('watching a collector', () => {
  it('shows each answer with what came since the last, until the user has seen enough', async () => {
    const { clock, pictures, isClosed, stop, ended } = watching(at(10, 100), at(12, 120), at(13, 150));
    await clock.advance('4s');
    expect(pictures.map(rateIn)).toEqual(['-', '10', '30']);
    expect(pictures[0]![0]).toBe('acme 1.2.3 at http://localhost:8888, up 10s; q quits');
    stop();
    await ended;
    expect(isClosed()).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('ends while an answer is awaited', async () => {
    const { clock, pictures, stop, ended } = watching(at(10, 100), 'never');
    await clock.advance('2s');
    stop();
    await ended;
    expect(pictures).toHaveLength(1);
  });

  it('fails with what the first question fails with, and nothing is drawn', async () => {
    const { pictures, ended, isClosed } = watching(new Error('connection refused'));
    await expect(ended).rejects.toThrow('connection refused');
    expect([pictures.length, isClosed()]).toEqual([0, true]);
  });

  it('goes on asking a collector that is restarted, with the last picture, and takes no rate over the gap', async () => {
    const { clock, pictures, stop, ended } = watching(
      at(10, 100),
      new Error('connection refused'),
      at(900, 7),
      at(902, 9),
    );
    await clock.advance('6s');
    expect(pictures.map(rateIn)).toEqual(['-', '-', '-', '1.0']);
    expect(pictures.map((picture) => picture[1])).toEqual([
      'The books add up.',
      'connection refused; asking again',
      'The books add up.',
      'The books add up.',
    ]);
    stop();
    await ended;
  });

  it('draws anew when the terminal has another size', async () => {
    const { clock, pictures, resize, stop, ended } = watching(at(10, 100));
    resize();
    expect(pictures).toEqual([]);
    await clock.advance(0);
    resize();
    expect(pictures[1]).toEqual(pictures[0]);
    stop();
    await ended;
  });
});

describe('a terminal', () => {
  const record = (): { text: string; write(text: string): unknown } => ({
    text: '',
    write(text) {
      this.text += text;
    },
  });

  it('is drawn over beside what stood there, without a flicker, and left as it was', () => {
    const output = Object.assign(record(), { columns: 10, rows: 5 });
    const screen = terminalScreen(output);
    expect([screen.width, screen.height]).toEqual([10, 5]);
    screen.show(['a', 'b']);
    screen.show(['c']);
    screen.close();
    screen.close();
    expect(output.text).toBe(
      '\u001b[?1049h\u001b[?25l\u001b[Ha\u001b[K\r\nb\u001b[K\u001b[J' +
        '\u001b[Hc\u001b[K\u001b[J' +
        '\u001b[?25h\u001b[?1049l',
    );
  });

  it('is not touched where nothing was shown', () => {
    const output = record();
    terminalScreen(output).close();
    expect(output.text).toBe('');
  });

  it('that is none gets pictures below one another, without codes', () => {
    const output = record();
    const screen = plainScreen(output);
    screen.show(['a', 'b']);
    screen.show(['c']);
    screen.close();
    expect(output.text).toBe('a\nb\n\nc\n');
  });
});
