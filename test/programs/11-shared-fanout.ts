import { createCollector } from '@tributary/collector';
import { debugExporter } from '@tributary/exporter-debug';
import { otlpExporter } from '@tributary/exporter-otlp';
import { batch } from '@tributary/processor-batch';
import { otlpReceiver } from '@tributary/receiver-otlp';

/** One receiver and one exporter in two pipelines each. */
export function fanOut(endpoint: string): ReturnType<typeof createCollector> {
  const otlp = otlpReceiver({ protocols: { http: { endpoint: 'localhost:0' } } });
  const backend = otlpExporter({ endpoint, tls: { insecure: true } });
  return createCollector({
    pipelines: {
      traces: { receivers: [otlp], exporters: [backend] },
      'traces/raw': { receivers: [otlp], processors: [batch()], exporters: [backend, debugExporter()] },
    },
  });
}
