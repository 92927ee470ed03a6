/**
 * An agent: takes telemetry from the programs of one host and passes it to a gateway.
 *
 *     node examples/dist/agent.js
 *
 * Environment: GATEWAY_ENDPOINT (`localhost:5317`), GRPC_ENDPOINT (`localhost:4317`), HTTP_ENDPOINT (`localhost:4318`).
 */
import { createCollector } from '@tributary/collector';
import { otlpExporter } from '@tributary/exporter-otlp';
import { batch } from '@tributary/processor-batch';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { runService } from './run-service.js';

const { GATEWAY_ENDPOINT, GRPC_ENDPOINT, HTTP_ENDPOINT } = process.env;

const otlp = otlpReceiver({
  protocols: {
    grpc: { endpoint: GRPC_ENDPOINT ?? 'localhost:4317' },
    http: { endpoint: HTTP_ENDPOINT ?? 'localhost:4318' },
  },
});
const guard = memoryLimiter({ check_interval: '1s', limit_mib: 512 });
const gateway = otlpExporter({
  endpoint: GATEWAY_ENDPOINT ?? 'localhost:5317',
  tls: { insecure: true },
  retry_on_failure: { initial_interval: '100ms', max_interval: '1s' },
});
const pipeline = { receivers: [otlp], processors: [guard, batch()], exporters: [gateway] };

await runService(
  'agent',
  createCollector({ pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline } }),
);
