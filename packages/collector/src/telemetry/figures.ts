import { getHeapStatistics } from 'node:v8';
import type { Clock, Signal } from '@tributary/component';
import type { Alarm } from '../alarm.js';
import type { Books } from '../books.js';
import type { Meters } from '../meter.js';

/** Who owns the figures that the engine itself tells. */
export const engineScope = 'tributary/collector';

/** Registers what the engine itself tells: of the process, of processors and of the books; read when somebody asks. */
export function registerFigures(meters: Meters, books: Books, alarm: Alarm, clock: Clock): void {
  registerProcess(meters, clock);
  registerProcessors(meters, books);
  registerAlarm(meters, alarm);
}

function registerProcess(meters: Meters, clock: Clock): void {
  const meter = meters.meter(engineScope, {});
  const startMs = clock.monotonic();
  const uptime = meter.createObservableCounter('otelcol_process_uptime', {
    description: 'Uptime of the process',
    unit: 's',
  });
  const cpu = meter.createObservableCounter('otelcol_process_cpu_seconds', {
    description: 'Total CPU user and system time in seconds',
    unit: 's',
  });
  const rss = meter.createObservableGauge('otelcol_process_memory_rss', {
    description: 'Total physical memory (resident set size)',
    unit: 'By',
  });
  const heap = meter.createObservableGauge('otelcol_process_runtime_heap_alloc_bytes', {
    description: 'Bytes of the heap in use, with those that V8 keeps outside of it',
    unit: 'By',
  });
  const system = meter.createObservableGauge('otelcol_process_runtime_total_sys_memory_bytes', {
    description: 'Bytes that V8 has from the system',
    unit: 'By',
  });
  // Only newer versions of Node tell it; nothing else knows what was allocated and is gone.
  const allocated =
    totalAllocated() === undefined
      ? undefined
      : meter.createObservableCounter('otelcol_process_runtime_total_alloc_bytes', {
          description: 'Bytes ever allocated on the heap',
          unit: 'By',
        });
  const observables = [uptime, cpu, rss, heap, system, ...(allocated === undefined ? [] : [allocated])];
  meter.addBatchObservableCallback((result) => {
    const { user, system: kernel } = process.cpuUsage();
    const memory = process.memoryUsage();
    result.observe(uptime, (clock.monotonic() - startMs) / 1000);
    result.observe(cpu, (user + kernel) / 1e6);
    result.observe(rss, memory.rss);
    result.observe(heap, memory.heapUsed + memory.external);
    result.observe(system, memory.heapTotal + memory.external + getHeapStatistics().malloced_memory);
    if (allocated !== undefined) result.observe(allocated, totalAllocated()!);
  }, observables);
}

function totalAllocated(): number | undefined {
  return (getHeapStatistics() as { readonly total_allocated_bytes?: number }).total_allocated_bytes;
}

/** The edges count anyway. One processor id may stand in several pipelines: its parts are one series. */
function registerProcessors(meters: Meters, books: Books): void {
  const meter = meters.meter(engineScope, {});
  const incoming = meter.createObservableCounter('otelcol_processor_incoming_items', {
    description: 'Number of items passed to the processor.',
    unit: '{item}',
  });
  const outgoing = meter.createObservableCounter('otelcol_processor_outgoing_items', {
    description: 'Number of items emitted from the processor.',
    unit: '{item}',
  });
  meter.addBatchObservableCallback(
    (result) => {
      for (const { processor, signal, into, out } of processorItems(books)) {
        // As with counters that are added to: there is a series once there is something to count.
        if (into === 0) continue;
        const attributes = { processor, 'otel.signal': signal };
        result.observe(incoming, into, attributes);
        result.observe(outgoing, out, attributes);
      }
    },
    [incoming, outgoing],
  );
}

function registerAlarm(meters: Meters, alarm: Alarm): void {
  const imbalances = meters.meter(engineScope, {}).createObservableCounter('tributary_balance_imbalances', {
    description: 'How often a line of the books was found that does not add up',
    unit: '{line}',
  });
  imbalances.addCallback((result) => {
    alarm.look();
    result.observe(alarm.count);
  });
}

interface ProcessorItems {
  readonly processor: string;
  readonly signal: string;
  into: number;
  out: number;
}

function processorItems(books: Books): Iterable<ProcessorItems> {
  const found = new Map<string, ProcessorItems>();
  for (const { holder, ins, outs, past } of books.accounts) {
    if (holder.kind !== 'processor') continue;
    const { component: processor, signal } = holder;
    const key = `${signal} ${processor}`;
    let items = found.get(key);
    if (items === undefined) found.set(key, (items = { processor, signal, into: 0, out: 0 }));
    items.into += past.offeredIn;
    items.out += past.offeredOut;
    for (const edge of ins) items.into += edge.offered;
    for (const edge of outs) items.out += edge.offered;
  }
  return found.values();
}

/** Seconds: the processors that are asked for work in microseconds, those that wait for something in seconds. */
const durationBounds = [1e-5, 1e-4, 5e-4, 1e-3, 5e-3, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/** Takes the time that a processor spends on a batch, in seconds. */
export function durationRecorder(
  meters: Meters,
  processor: string,
  signal: Signal,
): (seconds: number) => void {
  const histogram = meters.meter(engineScope, {}).createHistogram('otelcol_processor_internal_duration', {
    description: 'Duration of time taken to process a batch of telemetry data through the processor.',
    unit: 's',
    advice: { explicitBucketBoundaries: durationBounds },
  });
  const attributes = { processor, 'otel.signal': signal };
  return (seconds) => histogram.record(seconds, attributes);
}
