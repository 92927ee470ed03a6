import { createCollector, imbalances, type Collector, type CollectorOptions } from '@tributary/collector';
import type { Clock, Logger } from '@tributary/component';
import { Traces, type SpanInit } from '@tributary/pdata';
import { tailSampling, type TailSamplingConfig } from '@tributary/processor-tailsampling';
import {
  memoryExporter,
  testReceiver,
  virtualClock,
  type MemorySink,
  type TestSource,
  type VirtualClock,
} from '@tributary/testkit';
import { measured, type Measured } from '../support/measured.js';

/** Keeps every trace. */
export const all: TailSamplingConfig['policies'] = [{ name: 'all', type: 'always_sample' }];
/** Keeps traces in which a span has failed. */
export const errors: TailSamplingConfig['policies'] = [
  { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
];

/** The trace ID with that number. */
export function traceId(number: number): string {
  return `4bf92f3577b34da6a3ce929d${number.toString(16).padStart(8, '0')}`;
}

export interface World extends AsyncDisposable {
  readonly clock: VirtualClock;
  readonly source: TestSource;
  readonly sink: MemorySink;
  readonly collector: Collector;
  readonly lines: readonly string[];
  /** Another configuration, of the same processor. */
  reload(config: TailSamplingConfig): Promise<void>;
  /** Sends a span of each of these traces. */
  send(...traces: readonly number[]): Promise<void>;
  /** Sends spans that the caller makes. */
  sendSpans(...spans: readonly (Partial<SpanInit> & { readonly trace: number })[]): Promise<void>;
  /** Numbers of the traces of the spans that have arrived, in their order. */
  kept(): readonly number[];
  /** Items that are in the books as dropped, by reason. */
  dropped(): Readonly<Record<string, number>>;
  held(): number;
  /** Series of the processor without its prefix, `name{attributes}`. */
  metrics(): Promise<Readonly<Record<string, Measured['value']>>>;
}

/**
 * A started collector with the processor between a source and a sink. When it ends, its books must add up. A look at
 * the clock may take some time, so that work is done in slices.
 */
export async function world(config: TailSamplingConfig, lookMs: number = 0): Promise<World> {
  const clock = virtualClock();
  let looksMs = 0;
  const slow: Clock = { ...clock, monotonic: () => clock.monotonic() + (looksMs += lookMs) };
  const source = testReceiver();
  const sink = memoryExporter();
  const metrics = measured();
  const lines: string[] = [];
  const log =
    (level: keyof Logger) =>
    (message: string): void =>
      void lines.push(`${level}: ${message}`);
  const pipelines = (next: TailSamplingConfig): CollectorOptions['pipelines'] => ({
    traces: { receivers: [source], processors: [tailSampling(next)], exporters: [sink] },
  });
  const collector = createCollector({
    runtime: {
      clock: slow,
      meterProvider: metrics.provider,
      logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    },
    pipelines: pipelines(config),
  });
  await collector.start();
  const processor = (): ReturnType<Collector['balance']>['components'][number] =>
    collector.balance().components.find(({ kind }) => kind === 'processor')!;
  const sendSpans: World['sendSpans'] = async (...spans) => {
    const traces = Traces.create();
    const scope = traces.addResourceSpans().addScope();
    for (const { trace, ...span } of spans) scope.add({ name: 'op', traceId: traceId(trace), ...span });
    await source.send(traces);
  };
  return {
    clock,
    source,
    sink,
    collector,
    lines,
    reload: (next) => collector.reload({ pipelines: pipelines(next) }),
    send: (...traces) => sendSpans(...traces.map((trace) => ({ trace }))),
    sendSpans,
    kept: () => sink.spans.map((span) => Number.parseInt(span.traceId.slice(24), 16)),
    dropped: () => Object.fromEntries(processor().dropped),
    held: () => processor().held,
    async metrics() {
      const found = await metrics.collect('otelcol_processor_tail_sampling_');
      return Object.fromEntries(
        found.map(({ name, attributes: { processor: _, ...attributes }, value }) => [
          Object.keys(attributes).length === 0 ? name : `${name}${JSON.stringify(attributes)}`,
          value,
        ]),
      );
    },
    async [Symbol.asyncDispose]() {
      let isOver = false;
      const end = collector.shutdown({ graceMs: 5000 }).finally(() => (isOver = true));
      for (let second = 0; second < 10 && !isOver; second++) await clock.advance('1s');
      await end;
      const faults = imbalances(collector.balance());
      if (faults.length > 0) throw new Error(faults.join('\n'));
    },
  };
}
