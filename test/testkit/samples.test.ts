import { Profiles, Traces, type Span } from '@tributary/pdata';
import {
  sampleLogs,
  sampleMetrics,
  sampleProfiles,
  sampleTraceParts,
  sampleTraces,
  type TracePart,
} from '@tributary/testkit';
import { describe, expect, it } from 'vitest';

it('the same seed makes the same bytes, another seed makes others', () => {
  const bytes = (seed: number): string[] => [
    sampleTraces({ seed, spans: 20 }).toJson(),
    sampleMetrics({ seed, dataPoints: 20 }).toJson(),
    sampleLogs({ seed, records: 20 }).toJson(),
    sampleProfiles({ seed, samples: 20 }).toJson(),
    JSON.stringify(sampleTraceParts({ seed, traces: 3 }).map(({ atMs, traces }) => [atMs, traces.toJson()])),
  ];
  expect(bytes(7)).toEqual(bytes(7));
  bytes(7).forEach((text, index) => expect(text).not.toBe(bytes(8)[index]));
});

it.each([1, 100])('there are as many as were asked for: %i', (n) => {
  expect([
    sampleTraces({ spans: n }).itemCount,
    sampleMetrics({ dataPoints: n }).itemCount,
    sampleLogs({ records: n }).itemCount,
    sampleProfiles({ samples: n }).itemCount,
  ]).toEqual([n, n, n, n]);
});

/** What is wrong with traces: nothing, where each is a tree in which callers wait for whom they call. */
function problemsOf(spans: readonly Span[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const problems = byId.size === spans.length ? [] : ['a span ID that is not unique'];
  const roots = new Set<string>();
  for (const span of spans) {
    if (span.parentSpanId === '') {
      if (roots.has(span.traceId)) problems.push(`${span.traceId} has two roots`);
      roots.add(span.traceId);
      continue;
    }
    const parent = byId.get(span.parentSpanId);
    if (parent === undefined || parent.traceId !== span.traceId)
      problems.push(`${span.spanId} has no parent`);
    else problems.push(...problemsBetween(parent, span));
  }
  for (const { traceId } of spans) if (!roots.has(traceId)) problems.push(`${traceId} has no root`);
  return problems;
}

function problemsBetween(parent: Span, child: Span): string[] {
  const [above, below] = [parent, child].map((span) => span.resource.attributes.get('service.name'));
  const problems: string[] = [];
  if (child.startTimeUnixNano < parent.startTimeUnixNano || child.endTimeUnixNano > parent.endTimeUnixNano) {
    problems.push(`${child.spanId} is not within the time of its parent`);
  }
  if ((parent.kind === 'client') !== (child.kind === 'server'))
    problems.push(`${child.spanId} answers no call`);
  if ((child.kind === 'server') !== (above !== below))
    problems.push(`${child.spanId} is of the wrong service`);
  if (child.status.code === 'error' && parent.status.code !== 'error') {
    problems.push(`the failure of ${child.spanId} is not seen above`);
  }
  return problems;
}

describe('traces', () => {
  it('are whole: calls between services, within the time of the caller, failures up to the root', () => {
    const spans = [...sampleTraces({ spans: 800 }).spans()];
    expect(problemsOf(spans)).toEqual([]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(100);
    const failed = spans.filter(({ status }) => status.code === 'error');
    const origins = failed.filter((span) => [...span.events()].some(({ name }) => name === 'exception'));
    expect(origins.length).toBeGreaterThan(0);
    expect(failed.length).toBeGreaterThan(origins.length);
    expect(new Set(spans.map(({ resource }) => resource.attributes.get('service.name'))).size).toBe(5);
  });

  it('negative control: the check sees a part that is missing', () => {
    const spans = [...sampleTraces({ spans: 80 }).spans()];
    expect(problemsOf(spans.slice(1))).not.toEqual([]);
    expect(problemsOf([...spans, spans[0]!])).not.toEqual([]);
  });
});

describe('the parts of traces', () => {
  const lateness = ({ atMs, traces }: TracePart): number =>
    atMs -
    Math.max(...[...traces.spans()].map(({ endTimeUnixNano }) => Number(endTimeUnixNano / 1_000_000n)));

  it('come in the order of time, one for each service of a trace, and are whole together', () => {
    const parts = sampleTraceParts({ traces: 50, spansPerTrace: 12 });
    expect(parts.map(({ atMs }) => atMs)).toEqual(parts.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
    for (const { traces } of parts) {
      const spans = [...traces.spans()];
      expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
      expect([...traces.resourceSpans()]).toHaveLength(1);
    }
    const all = Traces.create();
    for (const { traces } of parts) all.append(traces.clone());
    expect(all.itemCount).toBe(600);
    expect(problemsOf([...all.spans()])).toEqual([]);
  });

  it('come late and fail as often as was asked for', () => {
    const share = (options: object): readonly [late: number, failed: number] => {
      const parts = sampleTraceParts({ traces: 200, lateMs: 60_000, ...options });
      const roots = parts.flatMap(({ traces }) =>
        [...traces.spans()].filter((span) => span.parentSpanId === ''),
      );
      return [
        parts.filter((part) => lateness(part) > 1001).length / parts.length,
        roots.filter(({ status }) => status.code === 'error').length / roots.length,
      ];
    };
    expect(share({ lateShare: 0, errorShare: 0 })).toEqual([0, 0]);
    const [late, failed] = share({ lateShare: 0.5, errorShare: 1 });
    expect(late).toBeGreaterThan(0.3);
    expect(late).toBeLessThan(0.7);
    expect(failed).toBe(1);
  });
});

it('metrics are counters, gauges and histograms in turn', () => {
  const kinds = [...sampleMetrics({ dataPoints: 15 }).metrics()].map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['sum', 'gauge', 'histogram']));
});

it('a profile points into its own dictionary, and is read again as it was written', () => {
  const profiles = sampleProfiles({ samples: 10 });
  const again = Profiles.from(profiles.toBytes());
  expect(again.toJson()).toBe(profiles.toJson());
  const { dictionary } = JSON.parse(profiles.toJson()) as {
    readonly dictionary: { readonly stackTable: readonly object[]; readonly stringTable: readonly string[] };
  };
  for (const profile of again.profiles()) {
    expect(dictionary.stringTable[profile.sampleType!.typeStrindex]).toBe('cpu');
    for (const { stackIndex } of profile.samples()) {
      expect(dictionary.stackTable[stackIndex]).toHaveProperty('locationIndices');
    }
  }
});
