import type { TelemetryConfig } from '@tributary/collector';
import { defineProcessor } from '@tributary/component';
import { memoryExporter, testReceiver } from '@tributary/testkit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ask, pull, silent, telling, type Telling } from './support.js';

type Answer = (query: URLSearchParams) => unknown;

/** A running collector, one processor of which answers what the test says. */
function answering(
  answers: Readonly<Record<string, Answer>>,
  telemetry: TelemetryConfig = { metrics: pull() },
): Promise<Telling> {
  const processor = defineProcessor({
    type: 'knowing',
    config: z.strictObject({}),
    traces: ({ next }) => ({
      start(host) {
        for (const [topic, answer] of Object.entries(answers)) host.answers(topic, answer);
      },
      consume: (traces, context) => next.consume(traces, context),
    }),
  });
  const pipeline = { receivers: [testReceiver()], processors: [processor()], exporters: [memoryExporter()] };
  return telling(telemetry, { logger: silent }, { pipelines: { traces: pipeline } });
}

const from = { component: 'knowing', kind: 'processor', pipelines: ['traces'] };

describe('GET /<topic>', () => {
  it('answers with what the components say, as JSON, and hands them the query', async () => {
    const { collector } = await answering({
      echo: async (query) => ({ color: query.get('color'), all: query.getAll('n') }),
    });
    const { status, headers, body } = await ask(collector, { path: '/echo?color=dark%20red&n=1&n=2' });
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'application/json; charset=utf-8',
      'no-store',
    ]);
    expect(JSON.parse(body)).toEqual({
      answers: [{ ...from, answer: { color: 'dark red', all: ['1', '2'] } }],
    });
  });

  it('is an empty list where all have nothing to say', async () => {
    const { collector } = await answering({ why: () => undefined });
    const { status, body } = await ask(collector, { path: '/why' });
    expect([status, body]).toEqual([200, '{"answers":[]}\n']);
  });

  it('tells of an answer that JSON cannot say as an error', async () => {
    const { collector } = await answering({ why: () => 1n });
    const { status, body } = await ask(collector, { path: '/why' });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ answers: [{ ...from, error: expect.stringContaining('BigInt') }] });
  });

  it('is 404 where nobody answers, and lists what there is', async () => {
    const { collector } = await answering({ why: () => 1, shadow: () => 2 });
    for (const path of ['/what', '/', '/why/', '/WHY', '//why', '/toString', '/__proto__']) {
      const { status, body } = await ask(collector, { path });
      expect([path, status, body]).toEqual([
        path,
        404,
        '404 page not found; there are /metrics, /balance, /shadow, /why\n',
      ]);
    }
  });

  it('is for whoever may see the books: strangers do not even learn of the topics', async () => {
    const { collector } = await answering({ why: () => 'secret' });
    const rebound = await ask(collector, { path: '/why?trace=1', host: 'rebound.example' });
    expect([rebound.status, rebound.body]).toEqual([403, 'the Host header names no loopback address\n']);
    const lost = await ask(collector, { path: '/what', host: 'rebound.example' });
    expect([lost.status, lost.body]).toEqual([404, '404 page not found; there are /metrics\n']);
  });

  it.each([
    [true, 200],
    [false, 404],
    [undefined, 404],
  ])('on a listener for all, with balance.enabled %s, is %i', async (enabled, status) => {
    const { collector } = await answering(
      { why: () => 1 },
      {
        metrics: pull({ host: '0.0.0.0' }),
        ...(enabled !== undefined && { balance: { enabled } }),
      },
    );
    expect((await ask(collector, { path: '/why', host: 'collector.example' })).status).toBe(status);
  });

  it('is asked by GET and HEAD alone', async () => {
    const { collector } = await answering({ why: () => 1 });
    expect(await ask(collector, { path: '/why', method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
    expect((await ask(collector, { path: '/why', method: 'POST' })).status).toBe(405);
  });

  it('takes a query that means nothing, and refuses one that is longer than any question', async () => {
    const { collector } = await answering({ why: (query) => [...query.keys()].length });
    for (const query of ['%', '%ff=%zz', '&&==', '?', '='.repeat(8_000)]) {
      expect((await ask(collector, { path: `/why?${query}` })).status).toBe(200);
    }
    expect((await ask(collector, { path: `/why?trace=${'a'.repeat(100_000)}` })).status).toBe(431);
    expect((await ask(collector, { path: '/why?a=1' })).body).toContain('"answer":1');
  });
});
