import { createCollector, type Collector } from '@tributary/collector';
import type { Logger } from '@tributary/component';
import { Logs, Traces, type LogRecordInit, type SpanInit } from '@tributary/pdata';
import {
  probabilisticSampler,
  type ProbabilisticSamplerConfig,
} from '@tributary/processor-probabilisticsampler';
import {
  memoryExporter,
  testReceiver,
  virtualClock,
  type MemorySink,
  type TestSource,
} from '@tributary/testkit';
import { measured } from '../support/measured.js';

/** Trace IDs of the vectors. */
export const ids = {
  T0: '00000000000000000000000000000000',
  T1: '0102030405060708090a0b0c0d0e0f10',
  T2: '4bf92f3577b34da6a3ce929d0e0e4736',
  T4: '80f198ee56343ba864fe8b2a57d3eff7',
  T8: 'd4cda95b652f4a1592b449d5929fda1b',
  T9: '12345678901234567890123456789012',
} as const;

/** What was written to the log. */
interface Line {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

export interface Bench extends AsyncDisposable {
  readonly source: TestSource;
  readonly sink: MemorySink;
  readonly collector: Collector;
  readonly lines: readonly Line[];
  /** What the sampler has counted: `policy sampled` and how many. */
  counts(): Promise<Readonly<Record<string, number>>>;
  /** How many items are in the books as dropped. */
  filtered(): number;
}

/** A started collector with samplers one behind the other between a source and a sink. */
export async function bench(...tiers: readonly ProbabilisticSamplerConfig[]): Promise<Bench> {
  const source = testReceiver();
  const sink = memoryExporter();
  const metrics = measured();
  const lines: Line[] = [];
  const log =
    (level: keyof Logger) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      void lines.push({ level, message, fields });
  const processors = tiers.map((config, tier) => probabilisticSampler(config, { name: `tier${tier}` }));
  const pipeline = { receivers: [source], processors, exporters: [sink] };
  const collector = createCollector({
    runtime: {
      clock: virtualClock(),
      meterProvider: metrics.provider,
      logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    },
    pipelines: { traces: pipeline, logs: pipeline },
  });
  await collector.start();
  return {
    source,
    sink,
    collector,
    lines,
    async counts() {
      const found = await metrics.collect('otelcol_processor_probabilistic_sampler_');
      return Object.fromEntries(
        found.map(({ attributes: { policy, sampled }, value }) => [
          `${String(policy)} ${String(sampled)}`,
          value as number,
        ]),
      );
    },
    filtered: () =>
      collector.balance().components.reduce((sum, { dropped }) => sum + (dropped.get('filtered') ?? 0), 0),
    [Symbol.asyncDispose]: () => collector.shutdown({ graceMs: 0 }),
  };
}

/** A span, but for its name. */
type SpanPart = Omit<SpanInit, 'name'>;

export function spans(...parts: readonly SpanPart[]): Traces {
  const traces = Traces.create();
  const scope = traces.addResourceSpans().addScope();
  for (const part of parts) scope.add({ name: 'work', ...part });
  return traces;
}

export function records(...inits: readonly LogRecordInit[]): Logs {
  const logs = Logs.create();
  const scope = logs.addResourceLogs().addScope();
  for (const init of inits) scope.add(init);
  return logs;
}

/** What becomes of one span: its tracestate, or `undefined` where it is dropped. */
export async function sampled(
  config: ProbabilisticSamplerConfig,
  span: SpanPart,
): Promise<string | undefined> {
  await using world = await bench(config);
  await world.source.send(spans(span));
  return world.sink.spans[0]?.traceState;
}
