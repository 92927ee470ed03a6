import { MetricReader, type CollectionResult } from '@opentelemetry/sdk-metrics';
import type { Logger } from '@tributary/component';

/** A reader that collects when it is told to. */
export class ManualReader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

/** What the SDK could not collect is logged: the rest is good. */
export async function collect(reader: MetricReader, logger: Logger): Promise<CollectionResult> {
  const result = await reader.collect();
  for (const error of result.errors) logger.error('OpenTelemetry internal telemetry error', { error });
  return result;
}
