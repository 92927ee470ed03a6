import { createCollector, type Collector } from '@tributary/collector';
import { defineProcessor, type ProcessorRef } from '@tributary/component';
import { double, Logs, Metrics, Profiles, Traces, type SpanInit } from '@tributary/pdata';
import {
  assertBalance,
  assertLogRecord,
  assertMetric,
  assertNoSpan,
  assertProfile,
  assertSpan,
  memoryExporter,
  sampleTraces,
  testReceiver,
  type SpanPattern,
} from '@tributary/testkit';
import { matchers } from '@tributary/testkit/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

expect.extend(matchers);

function traces(...spans: readonly SpanInit[]): Traces {
  const batch = Traces.create();
  const resource = { attributes: { 'service.name': 'cart', 'host.cpus': 4 } };
  const scope = batch.addResourceSpans({ resource }).addScope({ scope: { name: '@shop/http' } });
  for (const span of spans) scope.add(span);
  return batch;
}

const span: SpanInit = {
  name: 'GET /cart',
  kind: 'server',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  startTimeUnixNano: 5n,
  attributes: { 'http.route': '/cart', retries: 3, ratio: double(2), tags: ['a', 'b'], nested: { key: 'x' } },
  events: [{ name: 'exception', attributes: { 'exception.type': 'TimeoutError' } }, { name: 'retried' }],
  status: { code: 'error', message: 'timed out' },
};

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('it did not throw');
}

describe('a pattern', () => {
  const matching: readonly SpanPattern[] = [
    {},
    { name: 'GET /cart' },
    { name: /^get/i, kind: 'server', startTimeUnixNano: 5n },
    { traceId: '0af7651916cd43dd8448eb211c80319c' },
    { attributes: { 'http.route': '/cart', retries: 3, ratio: 2, tags: ['a', 'b'], nested: { key: 'x' } } },
    { attributes: { retries: 3n, ratio: double(2), 'http.route': /cart$/, 'user.email': undefined } },
    { attributes: { retries: expect.any(Number) } },
    { events: [{ name: 'retried' }] },
    { events: [{ attributes: { 'exception.type': 'TimeoutError' } }, { name: 'retried' }] },
    { status: { code: 'error', message: /timed/ } },
    { resource: { attributes: { 'service.name': 'cart' } }, scope: { name: '@shop/http' } },
  ];

  it.each(matching)('is met by a span that has its fields, whatever else it has: %o', (pattern) => {
    assertSpan(traces(span), pattern);
  });

  const differing: readonly [SpanPattern, string][] = [
    [{ name: 'GET /' }, "name: expected 'GET /', got 'GET /cart'"],
    [{ name: /^POST/ }, "name: expected /^POST/, got 'GET /cart'"],
    [{ startTimeUnixNano: 6n }, 'startTimeUnixNano: expected 6n, got 5n'],
    [{ attributes: { retries: '3' } }, `attributes["retries"]: expected '3', got 3`],
    [{ attributes: { absent: 1 } }, 'attributes["absent"]: expected 1, got nothing'],
    [{ attributes: { retries: undefined } }, 'attributes["retries"]: expected nothing, got 3'],
    [{ attributes: { tags: ['a'] } }, `attributes["tags"]: expected [ 'a' ], got [ 'a', 'b' ]`],
    [
      { attributes: { nested: { key: 'y' } } },
      `attributes["nested"]: expected { key: 'y' }, got { key: 'x' }`,
    ],
    [{ events: [{ name: 'started' }] }, "events[0].name: expected 'started', got 'exception'"],
    [
      { links: [{ spanId: 'b7ad6b7169203331' }] },
      "links[0]: expected { spanId: 'b7ad6b7169203331' }, got nothing",
    ],
    [{ status: { code: 'ok' } }, "status.code: expected 'ok', got 'error'"],
    [
      { resource: { attributes: { 'service.name': 'shop' } } },
      `resource.attributes["service.name"]: expected 'shop', got 'cart'`,
    ],
  ];

  it.each(differing)('tells of a span how it differs: %o', (pattern, difference) => {
    const message = messageOf(() => assertSpan(traces(span), pattern));
    expect(message.split('\n  ').slice(1)).toEqual([difference]);
    assertNoSpan(traces(span), pattern);
  });

  it('with a field that there is not says so', () => {
    const misspelt = { nam: 'GET /cart' } as SpanPattern;
    expect(messageOf(() => assertSpan(traces(span), misspelt))).toBe(
      'there is no field nam: a Span has none',
    );
    const inside = { status: { kode: 'ok' } } as SpanPattern;
    expect(messageOf(() => assertSpan(traces(span), inside))).toBe(
      'there is no field status.kode: a Status has none',
    );
  });
});

describe('what is said where nothing is as wanted', () => {
  const three = traces(
    { name: 'GET /', attributes: { 'http.route': '/', tenant: 'a' } },
    { name: 'GET /cart', attributes: { 'http.route': '/cart', tenant: 'b' } },
    { name: 'PUT /cart', attributes: { 'http.route': '/cart', tenant: 'a' } },
  );

  it('is the record that comes nearest, and all that is wrong with it', () => {
    const wanted = { name: 'GET /cart', attributes: { 'http.route': '/cart', tenant: 'a' } };
    expect(messageOf(() => assertSpan(three, wanted))).toBe(
      "there should be a span { name: 'GET /cart', attributes: { 'http.route': '/cart', tenant: 'a' } }; " +
        `of 3 spans the nearest is 'GET /cart' of 'cart':\n  attributes["tenant"]: expected 'a', got 'b'`,
    );
  });

  it('is what there is, for a condition', () => {
    expect(messageOf(() => assertSpan(three, ({ name }) => name === 'x'))).toBe(
      'there should be a span ({ name }) => name === "x"; of 3 spans:\n' +
        "  'GET /' of 'cart'\n  'GET /cart' of 'cart'\n  'PUT /cart' of 'cart'",
    );
    const many = messageOf(() => assertSpan(sampleTraces({ spans: 50 }), () => false));
    expect(many.split('\n')).toHaveLength(12);
  });

  it('is that there is nothing', () => {
    expect(messageOf(() => assertSpan(Traces.create(), { name: 'x' }))).toBe(
      "there should be a span { name: 'x' }; there was no span",
    );
  });

  it('is short, however long the values are', () => {
    const long = traces({
      name: 'x'.repeat(100_000),
      attributes: { list: Array.from({ length: 10_000 }, () => 'y') },
    });
    const message = messageOf(() => assertSpan(long, { name: 'y', attributes: { list: [] } }));
    expect(message.length).toBeLessThan(2000);
  });
});

it('an assertion returns what it has found', () => {
  expect(assertSpan(traces({ name: 'a' }, { name: 'b' }), { name: 'b' }).name).toBe('b');
});

it('a metric is found by its points, of whichever kind it is', () => {
  const metrics = Metrics.create();
  const scope = metrics.addResourceMetrics().addScope();
  scope.add({
    name: 'requests',
    sum: { isMonotonic: true, dataPoints: [{ asInt: 7n, attributes: { route: '/' } }] },
  });
  scope.add({ name: 'load', gauge: { dataPoints: [{ asDouble: 0.5 }] } });
  expect(assertMetric(metrics, { kind: 'sum', sum: { isMonotonic: true } }).name).toBe('requests');
  expect(assertMetric(metrics, { dataPoints: [{ value: 7, attributes: { route: '/' } }] }).name).toBe(
    'requests',
  );
  expect(assertMetric(metrics, { dataPoints: [{ value: 0.5 }] }).name).toBe('load');
  const missed = messageOf(() => assertMetric(metrics, { name: 'requests', dataPoints: [{ value: 8 }] }));
  expect(missed).toContain("nearest is 'requests':\n  dataPoints[0].value: expected 8, got 7n");
});

it('a log record is found by its body, and a profile by what its samples are', () => {
  const logs = Logs.create();
  logs.addResourceLogs().addScope().add({ body: 'started', severityNumber: 'info' });
  assertLogRecord(logs, { body: /^start/, severityNumber: 'info' });
  expect(messageOf(() => assertLogRecord(logs, { body: 'ended' }))).toContain("the nearest is 'started':");
  const profiles = Profiles.fromJson(
    '{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"period":"10","samples":[{"values":["3"]}]}]}]}]}',
  );
  assertProfile(profiles, { period: 10n, samples: [{ values: [3n] }] });
  expect(messageOf(() => assertProfile(profiles, { period: 9n }))).toContain('period: expected 9n, got 10n');
});

describe('a matcher of vitest', () => {
  it('says what the assertion says', () => {
    expect(messageOf(() => expect(traces(span)).toHaveSpan({ name: 'x' }))).toBe(
      messageOf(() => assertSpan(traces(span), { name: 'x' })),
    );
  });

  it('looks into batches, and what has arrived', async () => {
    const [source, sink] = [testReceiver(), memoryExporter()];
    const pipeline = { receivers: [source], exporters: [sink] };
    const collector = createCollector({
      pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline, profiles: pipeline },
    });
    await collector.start();
    onTestFinished(() => collector.shutdown());
    expect(sink).not.toHaveSpan({});
    const metrics = Metrics.create();
    metrics
      .addResourceMetrics()
      .addScope()
      .add({ name: 'm', gauge: { dataPoints: [{ asInt: 1n }] } });
    const logs = Logs.create();
    logs.addResourceLogs().addScope().add({ body: 'l' });
    const profiles = Profiles.fromJson(
      '{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"samples":[{}]}]}]}]}',
    );
    for (const batch of [traces(span), metrics, logs, profiles]) await source.send(batch);
    expect(sink).toHaveSpan({ name: 'GET /cart' });
    expect(sink.spans).toHaveSpan(({ name }) => name === 'GET /cart');
    expect(sink).toHaveMetric({ name: 'm' });
    expect(sink).toHaveLogRecord({ body: 'l' });
    expect(sink).toHaveProfile({ samples: [{}] });
    expect(sink).not.toHaveLogRecord({ body: 'm' });
    expect(messageOf(() => expect(sink).not.toHaveSpan({ kind: 'server' }))).toBe(
      "there should be no span { kind: 'server' }; there is 'GET /cart' of 'cart'",
    );
  });
});

describe('the books of a collector', () => {
  async function runThrough(...processors: readonly ProcessorRef<'traces'>[]): Promise<Collector> {
    const source = testReceiver();
    const collector = createCollector({
      pipelines: { traces: { receivers: [source], processors, exporters: [memoryExporter()] } },
    });
    await collector.start();
    onTestFinished(() => collector.shutdown());
    await source.send(traces(span));
    return collector;
  }

  it('add up', async () => {
    const collector = await runThrough();
    assertBalance(collector);
    expect(collector).toBalance();
  });

  it('do not where a component hides what it does', async () => {
    const config = z.strictObject({});
    const thief = defineProcessor({ type: 'thief', config, traces: () => ({ consume() {} }) });
    const collector = await runThrough(thief());
    const message = messageOf(() => assertBalance(collector));
    expect(message).toMatch(/^the books should add up:\n {2}processor "thief" .* 1 items are lost$/);
    expect(messageOf(() => expect(collector).toBalance())).toBe(message);
    expect(collector).not.toBalance();
  });
});
