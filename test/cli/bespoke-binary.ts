import { runCli } from '@tributary/cli';
import { defineProcessor } from '@tributary/component';
import { otlpExporter } from '@tributary/exporter-otlp';
import { batch } from '@tributary/processor-batch';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { z } from 'zod';

const stamp = defineProcessor({
  type: 'stamp',
  config: z.strictObject({ value: z.string() }),
  traces: ({ config }) => ({
    process(traces) {
      for (const group of traces.resourceSpans()) group.resource.attributes.set('stamp', config.value);
    },
  }),
});
const components = [otlpReceiver, batch, otlpExporter, stamp];
process.exitCode = await runCli({ name: 'acme-collector', version: '1.0.0', components });
