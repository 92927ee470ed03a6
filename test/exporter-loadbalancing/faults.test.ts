import { imbalances } from '@tributary/collector';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  moodyWorld,
  spansOf,
  type MoodyBackend,
  type MoodyConfig,
  type MoodyWorld,
} from './moody-backends.js';

const traces = Array.from({ length: 60 }, (_, number) => number);

/** Three backends; at the end of the test, the books add up. */
async function world(config?: MoodyConfig): Promise<MoodyWorld> {
  const made = await moodyWorld(3, config);
  onTestFinished(async () => {
    await made.collector.shutdown({ graceMs: 0 });
    expect(imbalances(made.collector.balance())).toEqual([]);
  });
  return made;
}

/** Sends a span of each trace, and lets the given time pass. */
async function send({ source, clock }: MoodyWorld, piece: number, forMs: number): Promise<void> {
  const sending = source.send(spansOf(traces, piece, clock.now()));
  await clock.advance(forMs);
  await sending;
}

const tracesOf = ({ taken }: MoodyBackend): readonly number[] => [
  ...new Set(taken.map((name) => Number.parseInt(name, 10))),
];
const outOf = ({ lines }: MoodyWorld): number =>
  lines.filter((line) => line.startsWith('warn: A backend cannot be reached.')).length;
const split = ({ backends }: MoodyWorld): readonly number[] => {
  const all = backends.flatMap(tracesOf);
  return traces.filter((trace) => all.indexOf(trace) !== all.lastIndexOf(trace));
};

describe('a backend that does not answer', () => {
  it('is out within a second of the first refused connection, and its items are with the others', async () => {
    const made = await world();
    made.backends[0]!.mood = 'dead';
    await send(made, 0, 1000);
    expect(made.taken()).toHaveLength(60);
    expect(outOf(made)).toBe(1);
  });

  it('and hangs is out when its time for an attempt and for a probe is over', async () => {
    const made = await world({ otlp: { timeout: '3s' } });
    made.backends[0]!.mood = 'hangs';
    await send(made, 0, 3900);
    expect(made.taken().length).toBeLessThan(60);
    await made.clock.advance(200);
    expect(made.taken()).toHaveLength(60);
    expect(outOf(made)).toBe(1);
  });

  it('is asked again after one second, and later with longer pauses, 30 seconds at most', async () => {
    const made = await world();
    const [first] = made.backends as readonly [MoodyBackend, ...MoodyBackend[]];
    first.mood = 'dead';
    await send(made, 0, 100);
    const calls = first.calls;
    await made.clock.advance(1000);
    expect(first.calls).toBe(calls + 1);
    await made.clock.advance(1400);
    expect(first.calls).toBe(calls + 1);
    await made.clock.advance(300_000);
    const before = first.calls;
    await made.clock.advance(300_000);
    expect(first.calls).toBe(before + 10);
  });

  it('gets its own again when it answers, and the others nothing more of it', async () => {
    const made = await world();
    await send(made, 0, 100);
    const own = tracesOf(made.backends[0]!);
    made.backends[0]!.mood = 'dead';
    await send(made, 1, 1000);
    made.backends[0]!.mood = 'well';
    await made.clock.advance(2000);
    await send(made, 2, 100);
    expect(made.backends[0]!.taken.filter((name) => name.endsWith('.2'))).toEqual(
      own.map((trace) => `${trace}.2`),
    );
    expect(made.taken()).toHaveLength(180);
  });

  it('loses nothing where nothing is retried, since the others live', async () => {
    const off = { enabled: false } as const;
    const made = await world({ otlp: { retry_on_failure: off } });
    made.backends[0]!.mood = 'dead';
    await send(made, 0, 100);
    expect(made.taken()).toHaveLength(60);
    const direct = await world({ otlp: { retry_on_failure: off, sending_queue: off } });
    direct.backends[0]!.mood = 'dead';
    await send(direct, 0, 100);
    expect(direct.taken()).toHaveLength(60);
  });
});

describe('a backend that lives', () => {
  it('is not out because it refuses with a hint, and gets its own when it does not', async () => {
    const made = await world();
    made.backends[0]!.mood = 'refuses';
    await send(made, 0, 60_000);
    expect(outOf(made)).toBe(0);
    expect(made.taken().length).toBeLessThan(60);
    made.backends[0]!.mood = 'well';
    await made.clock.advance(60_000);
    expect(made.taken()).toHaveLength(60);
    expect(split(made)).toEqual([]);
  });

  it('is not out because it is slower than an attempt may take, as long as it answers a probe', async () => {
    const made = await world({ otlp: { timeout: '500ms' } });
    made.backends[0]!.mood = 'slow';
    await send(made, 0, 20_000);
    expect(outOf(made)).toBe(0);
    made.backends[0]!.mood = 'well';
    await made.clock.advance(60_000);
    expect(made.taken()).toHaveLength(60);
    expect(split(made)).toEqual([]);
  });
});

describe('while none answers', () => {
  it('what comes waits, and goes on as soon as one does, whosever it is', async () => {
    const made = await world();
    for (const backend of made.backends) backend.mood = 'dead';
    await send(made, 0, 100_000);
    expect(outOf(made)).toBe(3);
    made.backends[1]!.mood = 'well';
    await made.clock.advance(31_000);
    expect(made.backends[1]!.taken).toHaveLength(60);
  });

  it('what waits goes to one that is named anew', async () => {
    const made = await world();
    made.name(0, 1);
    for (const number of [0, 1]) made.backends[number]!.mood = 'dead';
    await send(made, 0, 100_000);
    made.name(0, 1, 2);
    await made.clock.advance(100);
    expect(made.backends[2]!.taken).toHaveLength(60);
  });

  it('callers who wait hear of it when their retries are over', async () => {
    const off = { enabled: false } as const;
    const made = await world({ otlp: { retry_on_failure: off, sending_queue: off } });
    for (const backend of made.backends) backend.mood = 'dead';
    const sending = made.source.send(spansOf(traces, 0, 0)).catch((error: unknown) => error);
    await made.clock.advance(1000);
    expect(await sending).toMatchObject({ kind: 'retryable' });
  });
});

describe('at a shutdown', () => {
  it('what waits for a dead backend goes to the others', async () => {
    const made = await world();
    made.backends[0]!.mood = 'dead';
    const sending = made.source.send(spansOf(traces, 0, 0));
    await sending;
    const ended = made.collector.shutdown({ graceMs: 10_000 });
    await made.clock.advance(5000);
    await ended;
    expect(made.taken()).toHaveLength(60);
  });

  it('what nobody takes is dropped when grace is over, and counted', async () => {
    const made = await world();
    for (const backend of made.backends) backend.mood = 'hangs';
    await made.source.send(spansOf(traces, 0, 0));
    const ended = made.collector.shutdown({ graceMs: 2000 });
    await made.clock.advance(2000);
    await ended;
    const { components } = made.collector.balance();
    expect(components.flatMap(({ dropped }) => [...dropped])).toEqual([['shutdown', 60]]);
  });
});

describe('sticky', () => {
  const sticky: MoodyConfig = { ring: 'tributary', sticky: '30s' };

  it('lasts as long as it says, from the change on', async () => {
    const made = await world(sticky);
    made.name(0, 1);
    await made.clock.advance(60_000);
    await send(made, 0, 100);
    made.name(0, 1, 2);
    await made.clock.advance(29_000);
    await send(made, 1, 100);
    expect(made.backends[2]!.taken).toEqual([]);
    await made.clock.advance(1000);
    await send(made, 2, 100);
    expect(made.backends[2]!.taken.length).toBeGreaterThan(10);
  });

  it('keeps one that is not named any more while it answers, and takes its own back at once when it does not', async () => {
    const made = await world(sticky);
    await send(made, 0, 100);
    const own = tracesOf(made.backends[2]!);
    made.name(0, 1);
    await send(made, 1, 100);
    expect(split(made)).toEqual([]);
    expect(tracesOf(made.backends[2]!)).toEqual(own);
    made.backends[2]!.mood = 'dead';
    await send(made, 2, 1000);
    expect(made.taken()).toHaveLength(180);
  });

  it('goes on through several changes', async () => {
    const made = await world(sticky);
    made.name(0);
    await made.clock.advance(60_000);
    await send(made, 0, 100);
    made.name(0, 1);
    await made.clock.advance(5000);
    await send(made, 1, 100);
    made.name(0, 1, 2);
    await made.clock.advance(5000);
    await send(made, 2, 100);
    made.name(1, 2);
    await made.clock.advance(5000);
    await send(made, 3, 100);
    expect(split(made)).toEqual([]);
    expect(made.backends[0]!.taken).toHaveLength(240);
  });

  it('keeps a trace where it is when a dead backend comes back', async () => {
    const made = await world(sticky);
    made.backends[0]!.mood = 'dead';
    await send(made, 0, 1000);
    made.backends[0]!.mood = 'well';
    await made.clock.advance(2000);
    await send(made, 1, 100);
    expect(split(made)).toEqual([]);
    expect(made.backends[0]!.taken).toEqual([]);
  });
});
