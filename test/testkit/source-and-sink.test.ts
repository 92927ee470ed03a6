import { createCollector } from '@tributary/collector';
import { ConsumeError, createContext } from '@tributary/component';
import { Logs, Metrics, Traces } from '@tributary/pdata';
import { memoryExporter, testReceiver, type MemorySink, type TestSource } from '@tributary/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';

function spans(...names: readonly string[]): Traces {
  const traces = Traces.create();
  const scope = traces.addResourceSpans().addScope();
  for (const name of names) scope.add({ name });
  return traces;
}

async function running(
  options: { readonly max_items?: number } = {},
): Promise<{ source: TestSource; sink: MemorySink }> {
  const [source, sink] = [testReceiver(), memoryExporter(options)];
  const pipeline = { receivers: [source], exporters: [sink] };
  const collector = createCollector({ pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline } });
  await collector.start();
  onTestFinished(() => collector.shutdown());
  return { source, sink };
}

describe('a sink', () => {
  it('keeps what was sent, by signal and in order', async () => {
    const { source, sink } = await running();
    const logs = Logs.create();
    logs.addResourceLogs().addScope().add({ body: 'started' });
    const metrics = Metrics.create();
    metrics
      .addResourceMetrics()
      .addScope()
      .add({ name: 'requests', sum: { dataPoints: [{ asInt: 1n }, { asInt: 2n }] } });
    await source.send(spans('a', 'b'));
    await source.send(metrics);
    await source.send(logs);
    await source.send(spans('c'));
    expect(sink.spans.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(sink.metrics.map(({ name }) => name)).toEqual(['requests']);
    expect(sink.logRecords.map(({ body }) => body)).toEqual(['started']);
    expect(sink.batches.map(({ signal }) => signal)).toEqual(['traces', 'metrics', 'logs', 'traces']);
    expect(sink.items).toBe(6);
    sink.clear();
    expect([sink.spans, sink.batches, sink.items]).toEqual([[], [], 0]);
  });

  it('hands out lists that stay as they were when they were read', async () => {
    const { source, sink } = await running();
    const before = sink.spans;
    await source.send(spans('a'));
    expect([before.length, sink.spans.length]).toEqual([0, 1]);
  });

  it('refuses as often as it was told, then accepts again', async () => {
    const { source, sink } = await running();
    sink.refuseNext('refused', { times: 2, message: 'queue full', retryAfterMs: 250 });
    sink.refuseNext('permanent', { status: { code: 7, message: 'no permission' } });
    for (const expected of [
      { kind: 'refused', message: 'queue full', retryAfterMs: 250 },
      { kind: 'refused', message: 'queue full', retryAfterMs: 250 },
      { kind: 'permanent', status: { code: 7, message: 'no permission' } },
    ]) {
      await expect(source.send(spans('a'))).rejects.toMatchObject(expected);
    }
    await source.send(spans('b'));
    expect(sink.spans.map(({ name }) => name)).toEqual(['b']);
  });

  it('rejects the last items of a batch and keeps the rest', async () => {
    const { source, sink } = await running();
    sink.refuseNext('permanent', { items: 2 });
    const error: unknown = await source.send(spans('a', 'b', 'c')).catch((thrown: unknown) => thrown);
    expect(ConsumeError.is(error) && error.rejected?.itemCount).toBe(2);
    expect(sink.spans.map(({ name }) => name)).toEqual(['a']);
  });

  it('asks a function for its answer, until told otherwise', async () => {
    const { source, sink } = await running();
    sink.respond((batch, { client }) => {
      if (client.metadata.has('bad')) throw new ConsumeError('permanent', `bad ${batch.signal}`);
    });
    const bad = createContext({ client: { metadata: new Map([['bad', ['1']]]) } });
    await expect(source.send(spans('a'), bad)).rejects.toThrow('bad traces');
    await source.send(spans('b'));
    sink.respond(undefined);
    await source.send(spans('c'), bad);
    expect(sink.spans.map(({ name }) => name)).toEqual(['b', 'c']);
  });

  it('refuses above its bound, in words that tell what to do', async () => {
    const { source, sink } = await running({ max_items: 2 });
    await source.send(spans('a', 'b'));
    await expect(source.send(spans('c'))).rejects.toMatchObject({
      kind: 'refused',
      message: 'memoryExporter: 2 items are kept and 1 more would exceed max_items, 2; clear() it',
    });
    sink.clear();
    await source.send(spans('c'));
    expect(sink.items).toBe(1);
  });

  it('can be waited for', async () => {
    const { source, sink } = await running();
    const arrived = sink.waitFor(({ spans: { length } }) => length === 2);
    await source.send(spans('a'));
    await source.send(spans('b'));
    await arrived;
    await sink.waitFor(({ items }) => items === 2, { timeout: 0 });
  });

  it('tells what had arrived when the wait is over in vain', async () => {
    const { source, sink } = await running();
    const nothing = sink.waitFor((received) => received.items === 3, { timeout: 1 });
    await expect(nothing).rejects.toThrow(
      'waitFor((received) => received.items === 3) did not come true within 1 ms; nothing had arrived',
    );
    await source.send(spans('a', 'b'));
    const late = sink.waitFor((received) => received.items === 3, { timeout: '1ms' });
    await expect(late).rejects.toThrow('within 1ms; 2 spans had arrived in 1 batches');
  });

  it('passes on what the condition throws', async () => {
    const { sink } = await running();
    const wrong = sink.waitFor(() => {
      throw new Error('no such span');
    });
    await expect(wrong).rejects.toThrow('no such span');
  });
});

describe('the records of a signal', () => {
  it('can be waited for: one that is there, or the next that comes', async () => {
    const { source, sink } = await running();
    const next = sink.traces.waitFor({ name: 'b' });
    await source.send(spans('a'));
    await source.send(spans('b', 'c'));
    expect((await next).name).toBe('b');
    const record = await sink.traces.waitFor(({ name }) => name === 'c', { timeout: 0 });
    expect(record.name).toBe('c');
    const logs = Logs.create();
    logs.addResourceLogs().addScope().add({ body: 'started' });
    const log = sink.logs.waitFor({ body: /^start/ });
    await source.send(logs);
    expect((await log).body).toBe('started');
  });

  it('are each looked at once, and only those of the signal', async () => {
    const { source, sink } = await running();
    const seen: string[] = [];
    await source.send(spans('a'));
    const found = sink.traces.waitFor(({ name }) => {
      seen.push(name);
      return name === 'c';
    });
    const logs = Logs.create();
    logs.addResourceLogs().addScope().add({ body: 'c' });
    for (const batch of [logs, spans('b'), spans('c'), spans('d')]) await source.send(batch);
    await found;
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('that never come are told apart from those that did', async () => {
    const { source, sink } = await running();
    await expect(sink.metrics.waitFor({ name: 'x' }, { timeout: 1 })).rejects.toThrow(
      "no metric { name: 'x' } arrived within 1 ms; nothing had arrived\nthere was no metric",
    );
    await source.send(spans('a', 'b'));
    await expect(sink.traces.waitFor({ name: 'b', kind: 'server' }, { timeout: '1ms' })).rejects.toThrow(
      "no span { name: 'b', kind: 'server' } arrived within 1ms; 2 spans had arrived in 1 batches\n" +
        "of 2 spans the nearest is 'b':\n  kind: expected 'server', got 'unspecified'",
    );
    await expect(sink.traces.waitFor(({ name }) => name === 'x', { timeout: 1 })).rejects.toThrow(
      "of 2 spans:\n  'a'\n  'b'",
    );
  });

  it('are a list like any other', async () => {
    const { source, sink } = await running();
    expect(sink.traces).toStrictEqual([]);
    await source.send(spans('a'));
    expect(sink.traces.map(({ name }) => name)).toEqual(['a']);
    expect(sink.traces.length).toBe(sink.spans.length);
  });
});

describe('a source', () => {
  it('says so where no pipeline carries the signal', async () => {
    await expect(testReceiver().send(spans('a'))).rejects.toThrow(
      'testReceiver: stands in no traces pipeline of a collector',
    );
  });

  it('hears what the head of its pipelines says', async () => {
    const { source } = await running();
    expect(source.admit('traces', 100)).toBeUndefined();
  });
});
