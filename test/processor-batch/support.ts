import { createCollector, systemRuntime, type Collector } from '@tributary/collector';
import { declarationOf, type Component, type Consumer, type ProcessorRef } from '@tributary/component';
import { Logs, type LogRecord } from '@tributary/pdata';
import {
  memoryExporter,
  testReceiver,
  virtualClock,
  type MemorySink,
  type TestSource,
  type VirtualClock,
} from '@tributary/testkit';

export interface Bench {
  readonly clock: VirtualClock;
  readonly source: TestSource;
  readonly sink: MemorySink;
  readonly collector: Collector;
}

/** A started collector with one processor between a source and a sink, for logs. */
export async function bench(processor: ProcessorRef<'logs'>): Promise<Bench & AsyncDisposable> {
  const clock = virtualClock();
  const source = testReceiver();
  const sink = memoryExporter();
  const collector = createCollector({
    runtime: { clock, random: () => 0.5, logger: { debug() {}, info() {}, warn() {}, error() {} } },
    pipelines: { logs: { receivers: [source], processors: [processor], exporters: [sink] } },
  });
  await collector.start();
  return {
    clock,
    source,
    sink,
    collector,
    async [Symbol.asyncDispose]() {
      // On virtual time nothing ends a pause but the end of the grace.
      await collector.shutdown({ graceMs: 0 });
    },
  };
}

/** The part for logs of a processor, before a consumer that is the test's. */
export function alone(
  processor: ProcessorRef<'logs'>,
  consume: Consumer<'logs'>['consume'],
): { readonly clock: VirtualClock; readonly part: Component & Consumer<'logs'> } {
  const clock = virtualClock();
  const { definition, config, id } = declarationOf(processor);
  const runtime = systemRuntime({ clock });
  const settings = {
    ...runtime,
    id,
    config,
    meter: runtime.meterProvider.getMeter(id),
    ledger: { created() {}, absorbed() {}, filtered() {}, dropped() {}, held() {} },
    next: { consume },
  };
  const shared = definition.shared?.(settings as never);
  return {
    clock,
    part: definition.parts.logs!({ ...settings, shared } as never) as Component & Consumer<'logs'>,
  };
}

/** One request of log records with the numbers `from` to `from + count - 1`. */
export function records(from: number, count: number, resource: string = 'test'): Logs {
  const logs = Logs.create();
  const scope = logs.addResourceLogs({ resource: { attributes: { 'service.name': resource } } }).addScope();
  for (let n = from; n < from + count; n++) scope.add({ attributes: { n } });
  return logs;
}

export const numberOf = (record: LogRecord): number => record.attributes.get('n') as number;

/** The numbers that have arrived, a list for each batch. */
export function arrived(sink: MemorySink): number[][] {
  return sink.batches.map((batch) => (batch.signal === 'logs' ? [...batch.records()].map(numberOf) : []));
}

/** The numbers from `from` to `to`, both included. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}
