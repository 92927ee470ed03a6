// @tributary/receiver-otlp: what the package exports, written by scripts/api.mjs.
import { Duration, ReceiverFactory } from '@tributary/component';
import { HeadersConfig, TlsServerConfig } from '@tributary/transport';

export interface OtlpCorsConfig {
  readonly allowed_origins?: readonly string[] | undefined;
  readonly allowed_headers?: readonly string[] | undefined;
  readonly exposed_headers?: readonly string[] | undefined;
  readonly max_age?: number | undefined;
}
export interface OtlpDialerConfig {
  readonly timeout?: Duration | undefined;
}
export type OtlpEncoding = '' | 'gzip' | 'zstd' | 'zlib' | 'snappy' | 'deflate' | 'x-snappy-framed';
export interface OtlpEnforcementPolicyConfig {
  readonly min_time?: Duration | undefined;
  readonly permit_without_stream?: boolean | undefined;
}
export interface OtlpGrpcConfig {
  readonly endpoint?: string | undefined;
  readonly transport?: OtlpTransport | undefined;
  readonly dialer?: OtlpDialerConfig | undefined;
  readonly tls?: TlsServerConfig | null | undefined;
  readonly max_recv_msg_size_mib?: number | undefined;
  readonly max_concurrent_streams?: number | undefined;
  readonly read_buffer_size?: number | undefined;
  readonly write_buffer_size?: number | undefined;
  readonly keepalive?: OtlpKeepaliveConfig | null | undefined;
  readonly include_metadata?: boolean | undefined;
}
export interface OtlpHttpConfig {
  readonly endpoint?: string | undefined;
  readonly transport?: OtlpTransport | undefined;
  readonly dialer?: OtlpDialerConfig | undefined;
  readonly tls?: TlsServerConfig | null | undefined;
  readonly traces_url_path?: string | undefined;
  readonly metrics_url_path?: string | undefined;
  readonly logs_url_path?: string | undefined;
  readonly cors?: OtlpCorsConfig | null | undefined;
  readonly max_request_body_size?: number | undefined;
  readonly include_metadata?: boolean | undefined;
  readonly response_headers?: HeadersConfig | undefined;
  readonly compression_algorithms?: readonly OtlpEncoding[] | undefined;
  readonly read_timeout?: Duration | undefined;
  readonly read_header_timeout?: Duration | undefined;
  readonly write_timeout?: Duration | undefined;
  readonly idle_timeout?: Duration | undefined;
  readonly keep_alives_enabled?: boolean | undefined;
}
export interface OtlpKeepaliveConfig {
  readonly server_parameters?: OtlpServerParametersConfig | null | undefined;
  readonly enforcement_policy?: OtlpEnforcementPolicyConfig | null | undefined;
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
export type OtlpTransport = 'tcp' | 'tcp4' | 'tcp6' | 'unix';
export declare const otlpReceiver: ReceiverFactory<
  OtlpReceiverConfig,
  'traces' | 'metrics' | 'logs' | 'profiles'
>;
