import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { AggregationTemporality, InstrumentType } from '@opentelemetry/sdk-metrics';
import type { Timer } from '@tributary/component';
import { Metrics } from '@tributary/pdata';
import type { TelemetryTemporality } from '../config.js';
import { collect, ManualReader } from './manual-reader.js';
import { createPusher } from './otlp.js';
import type { ReaderSurroundings, RunningReader } from './readers.js';
import type { PeriodicSettings } from './settings.js';

/** Sends the figures at an interval, and once more at the end. */
export function createPeriodicReader(
  { interval, timeout, otlp }: PeriodicSettings,
  { runtime, living }: ReaderSurroundings,
): RunningReader {
  const { clock, logger } = runtime;
  const temporality = temporalityOf(otlp?.temporality_preference ?? 'cumulative');
  const reader = new ManualReader({ aggregationTemporalitySelector: temporality });
  const pusher = createPusher(otlp, runtime);
  const gone = living.gone();
  const closing = new AbortController();
  let timer: Timer | undefined;
  let sending: Promise<void> = Promise.resolve();

  async function send(grace: AbortSignal): Promise<void> {
    try {
      const leaving = [...gone];
      const { resourceMetrics } = await collect(reader, logger, new Set([...living.owners(), ...leaving]));
      const bytes = ProtobufMetricsSerializer.serializeRequest(resourceMetrics);
      if (bytes !== undefined && bytes.length > 0) await pusher.push(Metrics.from(bytes), timeout, grace);
      for (const owner of leaving) gone.delete(owner);
    } catch (error) {
      logger.error('The metrics of the collector could not be sent', { error });
    }
  }

  return {
    reader,
    part: {
      async start() {
        await pusher.open();
        timer = clock.every(interval, () => (sending = send(closing.signal)));
      },
      async shutdown(grace) {
        if (timer === undefined) return; // It was not started.
        timer.stop();
        timer = undefined;
        grace.addEventListener('abort', () => closing.abort(), { once: true });
        if (grace.aborted) closing.abort();
        await sending;
        await send(grace);
        await pusher.close();
      },
    },
  };
}

function temporalityOf(preference: TelemetryTemporality): (type: InstrumentType) => AggregationTemporality {
  const deltas = new Set<InstrumentType>([InstrumentType.COUNTER, InstrumentType.HISTOGRAM]);
  if (preference === 'delta') deltas.add(InstrumentType.OBSERVABLE_COUNTER);
  return (type) =>
    preference !== 'cumulative' && deltas.has(type)
      ? AggregationTemporality.DELTA
      : AggregationTemporality.CUMULATIVE;
}
