/** Under measurement: a collector as a user would write it. */
import { createCollector, createLogger } from '@tributary/collector';
import { otlpExporter } from '@tributary/exporter-otlp';
import { otlpHttpExporter } from '@tributary/exporter-otlphttp';
import { batch } from '@tributary/processor-batch';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { ready, subjectEnv } from './subject.js';

const { PROTOCOL, BACKEND, COMPRESSION: compression } = subjectEnv;
const tls = { insecure: true };

const otlp = otlpReceiver({
  protocols: { grpc: { endpoint: '127.0.0.1:0' }, http: { endpoint: '127.0.0.1:0' } },
});
const collector = createCollector({
  runtime: { logger: createLogger({ level: 'warn' }) },
  pipelines: {
    traces: {
      receivers: [otlp],
      processors: [memoryLimiter({ check_interval: '1s', limit_mib: 2048 }), batch()],
      exporters: [
        PROTOCOL === 'grpc'
          ? otlpExporter({ endpoint: BACKEND, compression, tls })
          : otlpHttpExporter({ endpoint: `http://${BACKEND}`, compression, tls }),
      ],
    },
  },
});
await collector.start();
const { grpc, http } = collector.addresses()['otlp']!;
ready({ grpc: grpc!, http: http! }, () => collector.shutdown());
