// @tributary/receiver-otlp: what the package exports, written by scripts/api.mjs.
import { Duration, ReceiverFactory } from '@tributary/component';
import { TlsServerConfig } from '@tributary/transport';

export interface OtlpCorsConfig {
  readonly allowed_origins?: readonly string[] | undefined;
  readonly allowed_headers?: readonly string[] | undefined;
  readonly exposed_headers?: readonly string[] | undefined;
  readonly max_age?: number | undefined;
}
export interface OtlpGrpcConfig {
  readonly endpoint?: string | undefined;
  readonly transport?: 'tcp' | 'unix' | undefined;
  readonly tls?: TlsServerConfig | undefined;
  readonly max_recv_msg_size_mib?: number | undefined;
  readonly max_concurrent_streams?: number | undefined;
  readonly keepalive?: OtlpKeepaliveConfig | undefined;
  readonly include_metadata?: boolean | undefined;
}
export interface OtlpHttpConfig {
  readonly endpoint?: string | undefined;
  readonly transport?: 'tcp' | 'unix' | undefined;
  readonly tls?: TlsServerConfig | undefined;
  readonly traces_url_path?: string | undefined;
  readonly metrics_url_path?: string | undefined;
  readonly logs_url_path?: string | undefined;
  readonly cors?: OtlpCorsConfig | undefined;
  readonly max_request_body_size?: number | undefined;
  readonly include_metadata?: boolean | undefined;
  readonly response_headers?: Readonly<Record<string, string>> | undefined;
  readonly compression_algorithms?: readonly ('' | 'gzip' | 'zstd' | 'zlib' | 'deflate')[] | undefined;
  readonly read_timeout?: Duration | undefined;
  readonly read_header_timeout?: Duration | undefined;
  readonly write_timeout?: Duration | undefined;
  readonly idle_timeout?: Duration | undefined;
  readonly keep_alives_enabled?: boolean | undefined;
}
export interface OtlpKeepaliveConfig {
  readonly server_parameters?: OtlpServerParametersConfig | undefined;
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
export interface OtlpServerParametersConfig {
  readonly max_connection_idle?: Duration | undefined;
  readonly max_connection_age?: Duration | undefined;
  readonly max_connection_age_grace?: Duration | undefined;
  readonly time?: Duration | undefined;
  readonly timeout?: Duration | undefined;
}
export declare const otlpReceiver: ReceiverFactory<
  OtlpReceiverConfig,
  'traces' | 'metrics' | 'logs' | 'profiles'
>;
