// @tributary/receiver-otlp: what the package exports, written by scripts/api.mjs.
import { Duration, ReceiverFactory } from '@tributary/component';
import { GrpcServerConfig, HttpServerConfig, Transport } from '@tributary/transport';

export interface OtlpDialerConfig {
  readonly timeout?: Duration | undefined;
}
export interface OtlpGrpcConfig extends GrpcServerConfig {
  readonly endpoint?: string | undefined;
  readonly dialer?: OtlpDialerConfig | undefined;
  readonly read_buffer_size?: number | undefined;
  readonly write_buffer_size?: number | undefined;
  readonly include_metadata?: boolean | undefined;
}
export interface OtlpHttpConfig extends HttpServerConfig {
  readonly endpoint?: string | undefined;
  readonly dialer?: OtlpDialerConfig | undefined;
  readonly traces_url_path?: string | undefined;
  readonly metrics_url_path?: string | undefined;
  readonly logs_url_path?: string | undefined;
  readonly include_metadata?: boolean | undefined;
}
export interface OtlpProtocolsConfig {
  readonly grpc?: OtlpGrpcConfig | null | undefined;
  readonly http?: OtlpHttpConfig | null | undefined;
}
export interface OtlpReceiverConfig {
  readonly protocols: OtlpProtocolsConfig;
  readonly repair_utf8?: boolean | undefined;
  readonly max_request_items?: number | undefined;
}
export declare function createOtlpReceiver(transport: ServerTransport): typeof otlpReceiver;
export declare const otlpReceiver: ReceiverFactory<
  OtlpReceiverConfig,
  'traces' | 'metrics' | 'logs' | 'profiles'
>;

// Not exported, but referred to above.
type ServerTransport = Pick<Transport, 'createHttpServer' | 'createUnaryServer'>;
