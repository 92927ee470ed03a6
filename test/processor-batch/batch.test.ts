import { createCollector } from '@tributary/collector';
import { background, ConsumeError, createContext, type Context } from '@tributary/component';
import { batchFactory } from '@tributary/pdata';
import { batch, type BatchConfig } from '@tributary/processor-batch';
import { memoryExporter, testReceiver, virtualClock } from '@tributary/testkit';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { alone, arrived, bench, numberOf, range, records } from './support.js';

const from = (tenant: string, extra: string = ''): Context =>
  background.with({
    client: {
      metadata: new Map([
        ['tenant', [tenant]],
        ['extra', [extra]],
      ]),
    },
  });

describe('by time', () => {
  it('sends what waits once the first of it has waited for the timeout', async () => {
    await using b = await bench(batch({ timeout: '200ms' }));
    await b.source.send(records(0, 2));
    await b.clock.advance('150ms');
    await b.source.send(records(2, 1));
    await b.clock.advance('49ms');
    expect(arrived(b.sink)).toEqual([]);
    await b.clock.advance('1ms');
    expect(arrived(b.sink)).toEqual([[0, 1, 2]]);
  });

  it('sets no timer while nothing waits', async () => {
    await using b = await bench(batch());
    const timers = (): number => b.clock.timers().filter(({ ms }) => ms === 200).length;
    expect(timers()).toBe(0);
    await b.source.send(records(0, 1));
    expect(timers()).toBe(1);
    await b.clock.advance('200ms');
    expect(timers()).toBe(0);
  });

  it.each<BatchConfig>([{ timeout: '0s' }, { send_batch_size: 0 }])(
    'sends every request on at once with %j',
    async (config) => {
      await using b = await bench(batch(config));
      await b.source.send(records(0, 2));
      await b.source.send(records(2, 1));
      expect(arrived(b.sink)).toEqual([[0, 1], [2]]);
    },
  );
});

describe('by number', () => {
  it('sends as soon as there are enough, all of it', async () => {
    await using b = await bench(batch({ send_batch_size: 5 }));
    await b.source.send(records(0, 4));
    expect(arrived(b.sink)).toEqual([]);
    await b.source.send(records(4, 3));
    expect(arrived(b.sink)).toEqual([range(0, 6)]);
  });

  it('cuts what is sent at send_batch_max_size, and lets the rest wait for a whole timeout', async () => {
    await using b = await bench(batch({ send_batch_size: 4, send_batch_max_size: 4, timeout: '1s' }));
    await b.source.send(records(0, 2));
    await b.clock.advance('900ms');
    await b.source.send(records(2, 8));
    expect(arrived(b.sink)).toEqual([range(0, 3), range(4, 7)]);
    await b.clock.advance('999ms');
    expect(b.sink.items).toBe(8);
    await b.clock.advance('1ms');
    expect(arrived(b.sink)[2]).toEqual([8, 9]);
  });

  it('cuts without a timer too', async () => {
    await using b = await bench(batch({ timeout: '0s', send_batch_size: 1, send_batch_max_size: 2 }));
    await b.source.send(records(0, 5));
    expect(arrived(b.sink)).toEqual([[0, 1], [2, 3], [4]]);
  });

  it('keeps resource and scope of every record that it cuts off', async () => {
    await using b = await bench(batch({ timeout: '0s', send_batch_size: 1, send_batch_max_size: 1 }));
    await b.source.send(records(0, 2, 'checkout'));
    const names = b.sink.logRecords.map(({ resource }) => resource.attributes.get('service.name'));
    expect(names).toEqual(['checkout', 'checkout']);
  });
});

it('sends by bytes, where send_batch_size_bytes says so', async () => {
  const { byteLength } = records(0, 3);
  await using b = await bench(batch({ send_batch_size_bytes: 2 * byteLength }));
  await b.source.send(records(0, 3));
  expect(b.sink.items).toBe(0);
  await b.source.send(records(3, 3));
  expect(arrived(b.sink)).toEqual([range(0, 5)]);
});

it('writes edits out of what it lets wait, and loses none', async () => {
  await using b = await bench(batch());
  const logs = records(0, 2);
  for (const record of logs.records()) record.attributes.set('seen', true);
  await b.source.send(logs);
  await b.source.send(records(2, 1));
  await b.clock.advance('200ms');
  expect(b.sink.logRecords.map((record) => record.attributes.get('seen'))).toEqual([true, true, undefined]);
});

it('passes profiles on at once, each by itself', async () => {
  const clock = virtualClock();
  const source = testReceiver();
  const sink = memoryExporter();
  await using collector = createCollector({
    runtime: { clock },
    pipelines: {
      profiles: {
        receivers: [source],
        processors: [batch({ send_batch_max_size: 9000 })],
        exporters: [sink],
      },
    },
  });
  await collector.start();
  for (let n = 0; n < 2; n++) {
    const profiles = batchFactory('profiles').fromJson(
      '{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"samples":[{"values":["1"]},{"values":["2"]}]}]}]}]}',
    );
    await source.send(profiles);
  }
  expect(sink.batches.map(({ itemCount }) => itemCount)).toEqual([2, 2]);
});

describe('with metadata_keys', () => {
  it('batches each combination of values by itself, whatever the case of the keys', async () => {
    await using b = await bench(batch({ metadata_keys: ['Tenant'] }));
    await b.source.send(records(0, 1), from('a'));
    await b.source.send(records(1, 1), from('b'));
    await b.source.send(records(2, 1), from('a'));
    await b.source.send(records(3, 1));
    await b.clock.advance('200ms');
    expect(arrived(b.sink)).toEqual([[0, 2], [1], [3]]);
  });

  it('sends with these keys alone, and without keys with none', async () => {
    for (const [keys, expected] of [
      [['tenant'], [['tenant', ['a']]]],
      [[], []],
    ] as const) {
      await using b = await bench(batch({ metadata_keys: keys }));
      let seen: readonly unknown[] | undefined;
      b.sink.respond((_, context) => void (seen = [...context.client.metadata]));
      await b.source.send(records(0, 1), from('a', 'secret'));
      await b.clock.advance('200ms');
      expect(seen).toEqual(expected);
    }
  });

  it('refuses one combination too many for good, until one has been sent', async () => {
    await using b = await bench(batch({ metadata_keys: ['tenant'], metadata_cardinality_limit: 2 }));
    await b.source.send(records(0, 1), from('a'));
    await b.source.send(records(1, 1), from('b'));
    await expect(b.source.send(records(2, 1), from('c'))).rejects.toMatchObject({
      kind: 'permanent',
      message: 'too many batcher metadata-value combinations',
    });
    await b.source.send(records(3, 1), from('a'));
    await b.clock.advance('200ms');
    await b.source.send(records(4, 1), from('c'));
    await b.clock.advance('200ms');
    expect(arrived(b.sink)).toEqual([[0, 3], [1], [4]]);
  });
});

describe('that answers for its data', () => {
  it('accepts although the next one refuses, and offers again', async () => {
    await using b = await bench(batch());
    b.sink.refuseNext('retryable', { times: 3 });
    await b.source.send(records(0, 3));
    await b.clock.advance('1m');
    expect(arrived(b.sink)).toEqual([[0, 1, 2]]);
  });

  it('books what it holds', async () => {
    await using b = await bench(batch());
    await b.source.send(records(0, 3));
    const line = (): unknown => {
      const { received, passed, held } = b.collector
        .balance()
        .components.find(({ component }) => component === 'batch')!;
      return { received, passed, held };
    };
    expect(line()).toEqual({ received: 3, passed: 0, held: 3 });
    await b.clock.advance('200ms');
    expect(line()).toEqual({ received: 3, passed: 3, held: 0 });
  });

  it('refuses with a hint, at the head too, once max_held_bytes are waiting here and in the outbox', async () => {
    const { byteLength } = records(0, 10);
    const maxBytes = 3 * byteLength;
    await using b = await bench(batch({ send_batch_size: 10, max_held_bytes: maxBytes }));
    b.sink.refuseNext('refused', { times: 2 });
    await b.source.send(records(0, 10)); // sent, refused, in the outbox
    await b.source.send(records(10, 5));
    expect(b.source.admit('logs', byteLength)).toBeUndefined();
    await b.source.send(records(15, 4));
    const refusal: unknown = await b.source.send(records(19, 10)).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ kind: 'refused', retryAfterMs: expect.any(Number) as number });
    expect(b.source.admit('logs', byteLength * 2)).toMatchObject({
      retryAfterMs: expect.any(Number) as number,
    });
    await b.clock.advance('1m');
    expect(arrived(b.sink).flat()).toEqual(range(0, 18));
    await b.source.send(records(19, 10));
  });

  it('refuses while as much waits for company as may be held', async () => {
    const { byteLength } = records(0, 10);
    await using b = await bench(batch({ max_held_bytes: byteLength }));
    await b.source.send(records(0, 9));
    await expect(b.source.send(records(9, 9))).rejects.toMatchObject({ kind: 'refused', retryAfterMs: 200 });
    await b.clock.advance('200ms');
    await b.source.send(records(9, 9));
  });

  it('refuses for good what is larger than max_held_bytes', async () => {
    await using b = await bench(batch({ max_held_bytes: 20 }));
    await expect(b.source.send(records(0, 10))).rejects.toMatchObject({ kind: 'permanent' });
  });

  it('loses nothing where pieces are larger than the whole and the outbox has no room for them', async () => {
    const whole = records(0, 20, 'a-resource-that-every-piece-repeats'.repeat(4));
    const config = { send_batch_size: 1, send_batch_max_size: 1, max_held_bytes: whole.byteLength } as const;
    await using b = await bench(batch(config));
    b.sink.refuseNext('refused', { times: 1 });
    await b.source.send(whole);
    // As many at each timeout as there is room for: one each would take four seconds and more.
    await b.clock.advance('3s');
    expect(
      arrived(b.sink)
        .flat()
        .toSorted((x, y) => x - y),
    ).toEqual(range(0, 19));
  });

  it('sends what waits when it shuts down', async () => {
    const b = await bench(batch({ timeout: '1h' }));
    await b.source.send(records(0, 3));
    await b.collector.shutdown({ graceMs: 1000 });
    expect(arrived(b.sink)).toEqual([[0, 1, 2]]);
  });
});

describe('with wait_for_result', () => {
  it('answers callers when the batch with their items is taken', async () => {
    await using b = await bench(batch({ wait_for_result: true }));
    const done: number[] = [];
    const first = b.source.send(records(0, 1)).then(() => done.push(1));
    const second = b.source.send(records(1, 1)).then(() => done.push(2));
    await b.clock.advance('199ms');
    expect(done).toEqual([]);
    await b.clock.advance('1ms');
    await Promise.all([first, second]);
    expect(arrived(b.sink)).toEqual([[0, 1]]);
  });

  it('tells every caller of the batch why it was refused, and keeps nothing', async () => {
    await using b = await bench(batch({ wait_for_result: true }));
    b.sink.refuseNext('retryable', { retryAfterMs: 700 });
    const outcomes = Promise.allSettled([b.source.send(records(0, 1)), b.source.send(records(1, 1))]);
    await b.clock.advance('10m');
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'retryable', retryAfterMs: 700 } });
    }
    expect(b.sink.items).toBe(0);
  });

  it('keeps the rest itself where a caller is in several batches and one of them is refused', async () => {
    await using b = await bench(batch({ wait_for_result: true, send_batch_size: 2, send_batch_max_size: 2 }));
    b.sink.refuseNext('retryable');
    const sent = b.source.send(records(0, 4));
    await b.clock.advance('1m');
    await sent;
    expect(
      arrived(b.sink)
        .flat()
        .toSorted((x, y) => x - y),
    ).toEqual([0, 1, 2, 3]);
  });

  it('tells a caller who is alone in a batch which part was not taken', async () => {
    await using b = await bench(batch({ wait_for_result: true }));
    b.sink.refuseNext('retryable', { items: 1 });
    const outcome = b.source.send(records(0, 3)).catch((error: unknown) => error);
    await b.clock.advance('200ms');
    const { rejected } = (await outcome) as ConsumeError<'logs'>;
    expect([...rejected!.records()].map(numberOf)).toEqual([2]);
    const line = b.collector.balance().components.find(({ component }) => component === 'batch')!;
    expect(line).toMatchObject({ received: 2, created: 0, passed: 2, held: 0 });
  });

  it('books what of a merged batch is refused for good, and accepts', async () => {
    await using b = await bench(batch({ wait_for_result: true }));
    b.sink.refuseNext('permanent', { items: 1 });
    const sent = Promise.all([b.source.send(records(0, 2)), b.source.send(records(2, 2))]);
    await b.clock.advance('200ms');
    await sent;
    const line = b.collector.balance().components.find(({ component }) => component === 'batch')!;
    expect([...line.dropped]).toEqual([['permanent', 1]]);
    expect(arrived(b.sink)).toEqual([[0, 1, 2]]);
  });
});

describe('by itself, without edges around it', () => {
  it('lets nobody write into what waits', async () => {
    const { part } = alone(batch(), () => {});
    const logs = records(0, 1);
    const [record] = logs.records();
    record!.attributes.set('before', 1);
    await part.consume(logs, background);
    expect(() => record!.attributes.set('after', 1)).toThrow('this batch was handed on');
  });

  it('with wait_for_result tells the next one when the last caller of a batch waits no longer', async () => {
    const signals: AbortSignal[] = [];
    const { clock, part } = alone(batch({ wait_for_result: true }), (_, { signal }) => {
      signals.push(signal);
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new ConsumeError('refused', 'nobody waits')));
      });
    });
    const callers = [new AbortController(), new AbortController()];
    const outcomes = Promise.allSettled(
      callers.map(async ({ signal }, n) => {
        await part.consume(records(n, 1), createContext({ signal: () => signal }));
      }),
    );
    await clock.advance('200ms');
    callers[0]!.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    callers[1]!.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { kind: 'refused' } });
  });

  it('with wait_for_result offers nothing again for a caller in several batches who waits no longer', async () => {
    let offers = 0;
    const { clock, part } = alone(
      batch({ wait_for_result: true, send_batch_size: 2, send_batch_max_size: 2 }),
      () => {
        offers++;
        throw new ConsumeError('refused', 'full');
      },
    );
    const caller = new AbortController();
    const context = createContext({ signal: () => caller.signal });
    const outcome = Promise.allSettled([part.consume(records(0, 4), context)]);
    await clock.advance('1s');
    expect(offers).toBeGreaterThan(2);
    caller.abort();
    await clock.advance('1m');
    const before = offers;
    await clock.advance('10m');
    expect(offers).toBe(before);
    expect(await outcome).toMatchObject([{ status: 'rejected', reason: { kind: 'retryable' } }]);
  });

  it('with wait_for_result has no more to do with the next one once it is shut down', async () => {
    const { clock, part } = alone(batch({ wait_for_result: true }), () => clock.sleep(1000));
    const events: string[] = [];
    const answered = Promise.resolve(part.consume(records(0, 1), background)).then(() =>
      events.push('answered'),
    );
    const closed = Promise.resolve(part.shutdown!(new AbortController().signal)).then(() =>
      events.push('closed'),
    );
    await clock.advance('999ms');
    expect(events).toEqual([]);
    await clock.advance('1ms');
    await Promise.all([answered, closed]);
    expect(events).toEqual(['answered', 'closed']);
  });
});

it('takes nothing after its shutdown, and says so at the head', async () => {
  const b = await bench(batch());
  await b.collector.shutdown({ graceMs: 1000 });
  await expect(b.source.send(records(0, 1))).rejects.toMatchObject({ kind: 'refused' });
  expect(b.source.admit('logs', 1)).toBeDefined();
});

describe('config', () => {
  it.each<[BatchConfig, string]>([
    [{ send_batch_size: 1.5 }, 'send_batch_size: must be a whole number, got 1.5'],
    [{ send_batch_size: -1 }, 'send_batch_size: must be at least 0, got -1'],
    [
      { send_batch_size: 10, send_batch_max_size: 9 },
      'send_batch_max_size: send_batch_max_size must be greater or equal to send_batch_size',
    ],
    [
      { metadata_keys: ['a', 'A'] },
      'metadata_keys: duplicate entry in metadata_keys: "a" (case-insensitive)',
    ],
    [{ timeout: '-1s' }, 'timeout: must not be negative, got "-1s"'],
    [{ max_held_bytes: 0 }, 'max_held_bytes: must be at least 1, got 0'],
    [{ send_batch_siz: 1 } as BatchConfig, 'send_batch_siz: unknown key; did you mean send_batch_size?'],
  ])('refuses %j', (config, message) => {
    expect(() => batch(config)).toThrow(`processors.batch.${message}`);
  });

  it('takes every key that its type has', () => {
    const all: Required<BatchConfig> = {
      timeout: '1s',
      send_batch_size: 1,
      send_batch_max_size: 2,
      metadata_keys: ['tenant'],
      metadata_cardinality_limit: 3,
      send_batch_size_bytes: 4,
      max_held_bytes: 5,
      wait_for_result: true,
    };
    expect(() => batch(all)).not.toThrow();
  });

  it('stands in pipelines of all signals', () => {
    expect(batch.signals).toEqual(['traces', 'metrics', 'logs', 'profiles']);
    expectTypeOf(batch).toBeCallableWith({ timeout: '1s', send_batch_max_size: 10_000 });
  });
});
