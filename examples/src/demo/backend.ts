import { createCollector, type Collector } from '@tributary/collector';
import { defineExporter } from '@tributary/component';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { z } from 'zod';
import type { Arrivals } from './arrivals.js';
import type { Figures } from './figures.js';
import { idAttribute, preciseNow } from './messages.js';

/**
 * The backend: a collector with an exporter of its own, which notes the ID of every item. Beside it stands a
 * pipeline for what the agent and the gateway tell about themselves.
 */
export function createBackend(arrivals: Arrivals, figures: Figures): Collector {
  const notes = defineExporter({
    type: 'notes',
    config: z.strictObject({}),
    traces: () => ({
      consume(traces, { client }) {
        const now = preciseNow();
        const [gateway = ''] = client.metadata.get('x-gateway') ?? [];
        for (const span of traces.spans()) {
          const id = Number(span.attributes.get(idAttribute));
          arrivals.arrived('traces', id, now);
          arrivals.cameFrom(id, gateway);
        }
      },
    }),
    metrics: () => ({
      consume(metrics) {
        const now = preciseNow();
        for (const metric of metrics.metrics()) {
          for (const point of metric.gauge?.dataPoints() ?? []) {
            arrivals.arrived('metrics', Number(point.value), now);
          }
        }
      },
    }),
    logs: () => ({
      consume(logs) {
        const now = preciseNow();
        for (const record of logs.records()) {
          arrivals.arrived('logs', Number(record.attributes.get(idAttribute)), now);
        }
      },
    }),
  });
  const otlp = otlpReceiver({
    protocols: { grpc: { endpoint: 'localhost:0', max_recv_msg_size_mib: 16, include_metadata: true } },
  });
  const ledger = defineExporter({
    type: 'figures',
    config: z.strictObject({}),
    metrics: () => ({ consume: (metrics) => figures.take(metrics) }),
  });
  const told = otlpReceiver({ protocols: { grpc: { endpoint: 'localhost:0' } } }, { name: 'figures' });
  const pipeline = { receivers: [otlp], exporters: [notes()] };
  return createCollector({
    pipelines: {
      traces: pipeline,
      metrics: pipeline,
      logs: pipeline,
      'metrics/figures': { receivers: [told], exporters: [ledger()] },
    },
    telemetry: { logs: { level: 'warn' } },
  });
}
