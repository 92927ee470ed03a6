/**
 * A collector for the proofs: OTLP in, tail sampling or not, batch, OTLP out to one endpoint or to several.
 * `COLLECTOR_OPTIONS` is its {@link CollectorProgramOptions} as JSON; the rest is as in the programs of `examples`.
 */
import { createCollector } from '@tributary/collector';
import { runService } from '@tributary/examples/run-service';
import { loadBalancingExporter, type LoadBalancingExporterConfig } from '@tributary/exporter-loadbalancing';
import { otlpExporter, type OtlpExporterConfig } from '@tributary/exporter-otlp';
import { batch, type BatchConfig } from '@tributary/processor-batch';
import { tailSampling, type TailSamplingConfig } from '@tributary/processor-tailsampling';
import { otlpReceiver, type OtlpGrpcConfig } from '@tributary/receiver-otlp';

export interface CollectorProgramOptions {
  readonly name: string;
  readonly grpc: OtlpGrpcConfig;
  /** Default: no tail sampling. */
  readonly tailSampling?: TailSamplingConfig;
  readonly batch?: BatchConfig;
  readonly exporter: OtlpExporterConfig | { readonly balancing: LoadBalancingExporterConfig };
}

const options = JSON.parse(process.env['COLLECTOR_OPTIONS']!) as CollectorProgramOptions;
const { exporter } = options;
await runService(
  options.name,
  createCollector({
    pipelines: {
      traces: {
        receivers: [otlpReceiver({ protocols: { grpc: options.grpc } })],
        processors: [
          ...(options.tailSampling === undefined ? [] : [tailSampling(options.tailSampling)]),
          batch(options.batch),
        ],
        exporters: [
          'balancing' in exporter ? loadBalancingExporter(exporter.balancing) : otlpExporter(exporter),
        ],
      },
    },
  }),
);
