// Loaded when the collector starts, and only where somebody reads its figures: the SDK is large.
import type { Attributes, MeterProvider as ApiMeterProvider } from '@opentelemetry/api';
import type { Runtime } from '@tributary/component';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { Living } from './living.js';
import type { Page } from './page.js';
import type { TelemetryPart } from './part.js';
import { createPrometheusReader } from './prometheus.js';
import type { TelemetryResource } from './resource.js';
import type { BalanceSettings, MetricSettings } from './settings.js';
import { viewOf } from './views.js';

/** What a reader is made with. */
export interface ReaderSurroundings {
  readonly runtime: Runtime;
  readonly resource: TelemetryResource;
  readonly living: Living;
  readonly balance: BalanceSettings;
  /** What a listener serves beside the figures. */
  readonly pages: readonly Page[];
  /** Tells where a listener is bound. */
  readonly listening: (listener: string, address: string) => void;
}

/** A reader of the SDK, and what opens and closes around it. */
export interface RunningReader {
  readonly reader: MetricReader;
  readonly part: TelemetryPart;
}

/** The figures of a collector: where they are recorded, and those who read them. */
export interface Readers extends TelemetryPart {
  readonly provider: ApiMeterProvider;
}

/** Makes the readers of a config, and the provider that they read. */
export async function createReaders(
  { readers: settings, views }: MetricSettings,
  surroundings: ReaderSurroundings,
): Promise<Readers> {
  const { attributes, schemaUrl } = surroundings.resource;
  // The serializer is large, and those who are only asked do not need it.
  const hasPeriodic = settings.some(({ kind }) => kind === 'periodic');
  const periodic = hasPeriodic ? await import('./periodic.js') : undefined;
  let pulls = 0;
  const readers = settings.map((each): RunningReader => {
    if (each.kind === 'periodic') return periodic!.createPeriodicReader(each, surroundings);
    pulls++;
    return createPrometheusReader(each, surroundings, pulls === 1 ? 'prometheus' : `prometheus/${pulls}`);
  });
  const provider = new MeterProvider({
    resource: resourceFromAttributes(attributes as Attributes, schemaUrl === undefined ? {} : { schemaUrl }),
    readers: readers.map(({ reader }) => reader),
    views: views.map(viewOf),
  });
  return {
    provider,
    async start() {
      for (const { part } of readers) await part.start();
    },
    async shutdown(grace) {
      await Promise.all(readers.map(({ part }) => part.shutdown(grace)));
      await provider.shutdown();
    },
  };
}
