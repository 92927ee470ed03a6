/**
 * A gateway: takes telemetry from agents, keeps all traces with errors and a tenth of the others, and passes them to a
 * backend.
 *
 *     node examples/dist/gateway.js
 *
 * Environment: BACKEND_ENDPOINT (`localhost:6317`), GRPC_ENDPOINT (`localhost:5317`), SERVICE_NAME (`gateway`). It tells
 * its metrics, and why it kept a trace, on a free port. DEMO_BREAK=1 makes it lose one span, to show that the demo
 * notices.
 */
import { createCollector } from '@tributary/collector';
import { otlpExporter } from '@tributary/exporter-otlp';
import { batch } from '@tributary/processor-batch';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { tailSampling } from '@tributary/processor-tailsampling';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { loseOne } from './lose-one.js';
import { runService } from './run-service.js';

const { BACKEND_ENDPOINT, GRPC_ENDPOINT, SERVICE_NAME, DEMO_BREAK } = process.env;

const otlp = otlpReceiver({ protocols: { grpc: { endpoint: GRPC_ENDPOINT ?? 'localhost:5317' } } });
const guard = memoryLimiter({ check_interval: '1s', limit_mib: 1024 });
const sampling = tailSampling({
  decision_wait: '2s',
  policies: [
    { name: 'errors', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
    { name: 'tenth', type: 'probabilistic', probabilistic: { sampling_percentage: 10 } },
  ],
});
const backend = otlpExporter({
  endpoint: BACKEND_ENDPOINT ?? 'localhost:6317',
  tls: { insecure: true },
  headers: { 'x-gateway': SERVICE_NAME ?? 'gateway' },
});
const broken = DEMO_BREAK === '1' ? [loseOne()] : [];
const pipeline = { receivers: [otlp], processors: [guard, batch()], exporters: [backend] };
const traces = { ...pipeline, processors: [guard, ...broken, sampling, batch()] };

await runService(
  'gateway',
  createCollector({
    pipelines: { traces, metrics: pipeline, logs: pipeline },
    telemetry: {
      metrics: { readers: [{ pull: { exporter: { prometheus: { host: 'localhost', port: 0 } } } }] },
    },
  }),
);
