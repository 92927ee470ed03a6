import { sampleLogs, sampleMetrics, sampleTraces } from '@tributary/testkit';
import { expect, it } from 'vitest';

it('the same seed makes the same bytes, another seed makes others', () => {
  const bytes = (seed: number): string[] => [
    sampleTraces({ seed, spans: 20 }).toJson(),
    sampleMetrics({ seed, dataPoints: 20 }).toJson(),
    sampleLogs({ seed, records: 20 }).toJson(),
  ];
  expect(bytes(7)).toEqual(bytes(7));
  bytes(7).forEach((text, index) => expect(text).not.toBe(bytes(8)[index]));
});

it('there are as many as were asked for', () => {
  expect([
    sampleTraces({ spans: 100 }).itemCount,
    sampleMetrics({ dataPoints: 100 }).itemCount,
    sampleLogs({ records: 100 }).itemCount,
  ]).toEqual([100, 100, 100]);
});

it('traces are whole: unique spans, one root each, children of their own trace', () => {
  const spans = [...sampleTraces({ spans: 800 }).spans()];
  const traceOf = new Map(spans.map(({ spanId, traceId }) => [spanId, traceId]));
  expect(traceOf.size).toBe(800);
  const children = spans.filter(({ parentSpanId }) => parentSpanId !== '');
  expect(spans.length - children.length).toBe(100);
  expect(children.filter((span) => traceOf.get(span.parentSpanId) !== span.traceId)).toEqual([]);
  expect(spans.some(({ status }) => status.code === 'error')).toBe(true);
});
