import {
  defineExporter,
  type Batch,
  type Component,
  type Consumer,
  type ExporterFactory,
  type ExporterSettings,
  type Signal,
} from '@tributary/component';
import { deliver } from '@tributary/delivery';
import { schema, type Completed, type DebugExporterConfig } from './config.js';
import { detailedText } from './detailed.js';
import { normalText } from './normal.js';
import { createOutput, type Message, type Output } from './output.js';

function createDebug<S extends Signal>(
  settings: ExporterSettings<Completed, S, Output>,
): Component & Consumer<S> {
  const { config, shared: output } = settings;
  const textOf = { basic: undefined, normal: normalText, detailed: detailedText }[config.verbosity];
  async function write(batch: Batch<S>): Promise<void> {
    const counts = countsOf(batch);
    await output.write(textOf === undefined ? [counts] : [counts, { text: textOf(batch) }]);
  }
  return deliver({ ...settings, config: config.delivery }, write, { sections: ['sending_queue'] });
}

/** One line a batch. */
function countsOf(batch: Batch<Signal>): Message {
  const { itemCount } = batch;
  switch (batch.signal) {
    case 'traces':
      return { text: 'Traces', fields: { 'resource spans': size(batch.resourceSpans()), spans: itemCount } };
    case 'metrics': {
      const groups = size(batch.resourceMetrics());
      const fields = { 'resource metrics': groups, metrics: size(batch.metrics()), 'data points': itemCount };
      return { text: 'Metrics', fields };
    }
    case 'logs':
      return {
        text: 'Logs',
        fields: { 'resource logs': size(batch.resourceLogs()), 'log records': itemCount },
      };
    case 'profiles': {
      const fields = { 'resource profiles': size(batch.resourceProfiles()), 'sample records': itemCount };
      return { text: 'Profiles', fields };
    }
  }
}

function size(list: Iterable<unknown>): number {
  let count = 0;
  for (const _ of list) count++;
  return count;
}

/**
 * Writes what it gets to the collector's log, to the console or to files.
 *
 * @example
 * const exporters = [backend, debugExporter({ verbosity: 'detailed' })];
 */
export const debugExporter: ExporterFactory<DebugExporterConfig, Signal> = defineExporter({
  type: 'debug',
  stability: 'beta',
  config: schema,
  shared: (settings) => createOutput(settings),
  traces: (settings) => createDebug(settings),
  metrics: (settings) => createDebug(settings),
  logs: (settings) => createDebug(settings),
  profiles: (settings) => createDebug(settings),
});
