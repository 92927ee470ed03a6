/**
 * A gateway: takes telemetry from agents and passes it to a backend.
 *
 *     node examples/dist/gateway.js
 *
 * Environment: BACKEND_ENDPOINT (`localhost:6317`), GRPC_ENDPOINT (`localhost:5317`). DEMO_BREAK=1 makes it
 * lose one span, to show that the demo notices.
 */
import { createCollector } from '@tributary/collector';
import { otlpExporter } from '@tributary/exporter-otlp';
import { batch } from '@tributary/processor-batch';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { loseOne } from './demo/lose-one.js';
import { runService } from './run-service.js';

const { BACKEND_ENDPOINT, GRPC_ENDPOINT, DEMO_BREAK } = process.env;

const otlp = otlpReceiver({ protocols: { grpc: { endpoint: GRPC_ENDPOINT ?? 'localhost:5317' } } });
const guard = memoryLimiter({ check_interval: '1s', limit_mib: 1024 });
const backend = otlpExporter({
  endpoint: BACKEND_ENDPOINT ?? 'localhost:6317',
  tls: { insecure: true },
});
const pipeline = { receivers: [otlp], processors: [guard, batch()], exporters: [backend] };
const traces = DEMO_BREAK === '1' ? { ...pipeline, processors: [guard, loseOne(), batch()] } : pipeline;

await runService('gateway', createCollector({ pipelines: { traces, metrics: pipeline, logs: pipeline } }));
