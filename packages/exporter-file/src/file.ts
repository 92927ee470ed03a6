import {
  defineExporter,
  type Component,
  type Consumer,
  type ExporterFactory,
  type ExporterSettings,
  type Signal,
} from '@tributary/component';
import { deliver, deliveryShape, type Delivery } from '@tributary/delivery';
import { schema, type Completed, type FileExporterConfig } from './config.js';
import { createOutput, type Output } from './output.js';
import type { Owner } from './writer.js';

/** As in the Collector, where it has neither queue nor retry. Callers wait for the file. */
const unaided: Delivery = {
  timeout: 0,
  retry_on_failure: deliveryShape.retry_on_failure.parse({ enabled: false }),
  sending_queue: deliveryShape.sending_queue.parse({ enabled: false }),
};

function createFile<S extends Signal>(
  settings: ExporterSettings<Completed, S, Output>,
): Component & Consumer<S> {
  const { ledger, shared: output } = settings;
  const owner: Owner = { ledger, heldItems: 0, heldBytes: 0 };
  ledger.held(
    () => owner.heldItems,
    () => owner.heldBytes,
  );
  const delivery = deliver(
    { ...settings, config: unaided },
    (batch, { signal }) => output.write(batch, owner, signal),
    { sections: [] },
  );
  return { ...delivery, admit: (bytes) => output.admit(bytes) };
}

/**
 * Writes telemetry to a file, or to one for each value of a resource attribute.
 *
 * @example
 * const exporters = [fileExporter({ path: '/var/log/otel/data.json', rotation: {} })];
 */
export const fileExporter: ExporterFactory<FileExporterConfig, Signal> = defineExporter({
  type: 'file',
  stability: 'alpha',
  config: schema,
  shared: (settings) => createOutput(settings),
  traces: (settings) => createFile(settings),
  metrics: (settings) => createFile(settings),
  logs: (settings) => createFile(settings),
  profiles: (settings) => createFile(settings),
});
