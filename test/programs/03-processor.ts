import { createCollector } from '@tributary/collector';
import { defineProcessor } from '@tributary/component';
import { debugExporter } from '@tributary/exporter-debug';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { z } from 'zod';

const redact = defineProcessor({
  type: 'redact',
  config: z.strictObject({ keys: z.array(z.string()).default(['user.email']) }),
  traces: ({ config }) => ({
    process(traces) {
      for (const span of traces.spans()) for (const key of config.keys) span.attributes.delete(key);
    },
  }),
  logs: ({ config, next }) => ({
    consume(logs, context) {
      for (const r of logs.records()) for (const k of config.keys) r.attributes.delete(k);
      return next.consume(logs, context);
    },
  }),
});

const debug = debugExporter();
export const collector = createCollector({
  pipelines: {
    traces: {
      receivers: [otlpReceiver({ protocols: { grpc: { endpoint: 'localhost:0' } } })],
      processors: [redact(), redact({ keys: ['a'] })],
      exporters: [debug],
    },
    logs: {
      receivers: [otlpReceiver({ protocols: { http: { endpoint: 'localhost:0' } } }, { name: 'logs' })],
      processors: [redact()],
      exporters: [debug],
    },
  },
});
