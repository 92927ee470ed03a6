import {
  defineExporter,
  type Component,
  type Consumer,
  type ExporterFactory,
  type Signal,
} from '@tributary/component';
import { z } from 'zod';

/** It has no options. */
export type NopExporterConfig = Record<string, never>;

function part<S extends Signal>(): Component & Consumer<S> {
  return { consume() {} };
}

/**
 * An exporter that takes every batch and does nothing with it.
 *
 * @example
 * createCollector({ pipelines: { logs: { receivers: [otlp], exporters: [nopExporter()] } } });
 */
export const nopExporter: ExporterFactory<NopExporterConfig, Signal> = defineExporter({
  type: 'nop',
  stability: 'beta',
  config: z.strictObject({}),
  traces: () => part<'traces'>(),
  metrics: () => part<'metrics'>(),
  logs: () => part<'logs'>(),
  profiles: () => part<'profiles'>(),
});
