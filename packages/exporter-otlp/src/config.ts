import type { Duration } from '@tributary/component';
import { deliveryShape, type Delivery, type QueueConfig, type RetryConfig } from '@tributary/delivery';
import { otlpGrpcClientShape, type OtlpGrpcClientConfig, type OtlpGrpcClientSettings } from '@tributary/otlp';
import { clientEndpointProblem } from '@tributary/transport';
import { z } from 'zod';

/** What a program writes for {@link otlpExporter}. */
export interface OtlpExporterConfig extends OtlpGrpcClientConfig {
  /**
   * Where to send: `host:port`, `unix:///path`, or with a scheme of the gRPC resolver (`dns:///host:port`).
   * A port is required. `https://` turns TLS on whatever `tls.insecure` says; `http://` does not turn it off.
   */
  readonly endpoint: string;
  /** Longest time for one attempt, told to the peer; `'0s'` is no limit. Default `'5s'`. */
  readonly timeout?: Duration | undefined;
  /** Sends again what failed and may pass. */
  readonly retry_on_failure?: RetryConfig | undefined;
  /** Takes requests in at once and sends them in the background. */
  readonly sending_queue?: QueueConfig | undefined;
}

/** {@link OtlpExporterConfig} completed; times in milliseconds. */
export interface OtlpExporterSettings extends Delivery, OtlpGrpcClientSettings {
  readonly endpoint: string;
}

/** The schema of {@link OtlpExporterConfig}, with the Collector's messages. */
export const schema: z.ZodType<OtlpExporterSettings, OtlpExporterConfig> = z.strictObject({
  endpoint: z
    .string({ error: ({ input }) => (input === undefined ? 'requires a non-empty "endpoint"' : undefined) })
    .superRefine((endpoint, context) => {
      const message = endpoint === '' ? 'requires a non-empty "endpoint"' : clientEndpointProblem(endpoint);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    }),
  ...otlpGrpcClientShape,
  ...deliveryShape,
});
