/**
 * An agent in front of several gateways: takes telemetry from the programs of one host, and passes all spans of a trace
 * to the same gateway.
 *
 *     node examples/dist/agent.js
 *
 * Environment: GATEWAY_NAME (`otel-gateway-headless`), a name with the addresses of the gateways, or with SRV records
 * where DNS_SERVER says who has them; GRPC_ENDPOINT (`localhost:4317`), HTTP_ENDPOINT (`localhost:4318`).
 */
import { createCollector } from '@tributary/collector';
import { loadBalancingExporter } from '@tributary/exporter-loadbalancing';
import { batch } from '@tributary/processor-batch';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { runService } from './run-service.js';

const {
  GATEWAY_NAME: hostname = 'otel-gateway-headless',
  DNS_SERVER,
  GRPC_ENDPOINT,
  HTTP_ENDPOINT,
} = process.env;

const otlp = otlpReceiver({
  protocols: {
    grpc: { endpoint: GRPC_ENDPOINT ?? 'localhost:4317' },
    http: { endpoint: HTTP_ENDPOINT ?? 'localhost:4318' },
  },
});
const guard = memoryLimiter({ check_interval: '1s', limit_mib: 512 });
const gateways = loadBalancingExporter({
  protocol: {
    otlp: { tls: { insecure: true }, retry_on_failure: { initial_interval: '100ms', max_interval: '1s' } },
  },
  resolver: {
    dns:
      DNS_SERVER === undefined
        ? { hostname, port: 4317 }
        : { hostname, srv: true, server: DNS_SERVER, interval: '1s' },
  },
  ring: 'tributary',
  sticky: '4s',
});
const pipeline = { receivers: [otlp], processors: [guard, batch()], exporters: [gateways] };

await runService(
  'agent',
  createCollector({ pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline } }),
);
