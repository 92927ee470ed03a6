/**
 * A collector for the proofs: OTLP in, batch, OTLP out. `COLLECTOR_OPTIONS` is its {@link CollectorProgramOptions}
 * as JSON; the rest is as in the programs of `examples`.
 */
import { createCollector } from '@tributary/collector';
import { runService } from '@tributary/examples/run-service';
import { otlpExporter, type OtlpExporterConfig } from '@tributary/exporter-otlp';
import { batch, type BatchConfig } from '@tributary/processor-batch';
import { otlpReceiver, type OtlpGrpcConfig } from '@tributary/receiver-otlp';

export interface CollectorProgramOptions {
  readonly name: string;
  readonly grpc: OtlpGrpcConfig;
  readonly batch?: BatchConfig;
  readonly exporter: OtlpExporterConfig;
}

const options = JSON.parse(process.env['COLLECTOR_OPTIONS']!) as CollectorProgramOptions;
await runService(
  options.name,
  createCollector({
    pipelines: {
      traces: {
        receivers: [otlpReceiver({ protocols: { grpc: options.grpc } })],
        processors: [batch(options.batch)],
        exporters: [otlpExporter(options.exporter)],
      },
    },
  }),
);
