// @tributary/extension-healthcheck: what the package exports, written by scripts/api.mjs.
import { Component, Duration, ExtensionFactory } from '@tributary/component';
import { TlsServerConfig } from '@tributary/transport';

export interface CheckCollectorPipelineConfig {
  readonly enabled?: boolean | undefined;
  readonly interval?: Duration | undefined;
  readonly exporter_failure_threshold?: number | undefined;
}
export interface ComponentHealthConfig {
  readonly include_permanent_errors?: boolean | undefined;
  readonly include_recoverable_errors?: boolean | undefined;
  readonly recovery_duration?: Duration | undefined;
}
export interface ConfigPathConfig {
  readonly enabled?: boolean | undefined;
  readonly path?: string | undefined;
}
export interface CorsConfig {
  readonly allowed_origins?: readonly string[] | undefined;
  readonly allowed_headers?: readonly string[] | undefined;
  readonly exposed_headers?: readonly string[] | undefined;
  readonly max_age?: number | undefined;
}
export type Encoding = '' | 'gzip' | 'zstd' | 'zlib' | 'snappy' | 'deflate' | 'x-snappy-framed';
export interface EnforcementPolicyConfig {
  readonly min_time?: Duration | undefined;
  readonly permit_without_stream?: boolean | undefined;
}
export interface GrpcServerConfig {
  readonly endpoint?: string | undefined;
  readonly transport?: 'tcp' | 'tcp4' | 'tcp6' | 'unix' | undefined;
  readonly tls?: TlsServerConfig | null | undefined;
  readonly max_recv_msg_size_mib?: number | undefined;
  readonly max_concurrent_streams?: number | undefined;
  readonly keepalive?: KeepaliveConfig | null | undefined;
}
export interface HealthCheckConfig extends HttpServerConfig {
  readonly endpoint?: string | undefined;
  readonly path?: string | undefined;
  readonly response_body?: ResponseBodyConfig | undefined;
  readonly check_collector_pipeline?: CheckCollectorPipelineConfig | undefined;
  readonly use_v2?: boolean | undefined;
  readonly http?: HealthHttpConfig | null | undefined;
  readonly grpc?: GrpcServerConfig | null | undefined;
  readonly component_health?: ComponentHealthConfig | undefined;
}
export interface HealthHttpConfig extends HttpServerConfig {
  readonly endpoint?: string | undefined;
  readonly status?: StatusPathConfig | undefined;
  readonly config?: ConfigPathConfig | undefined;
}
export interface HttpServerConfig {
  readonly endpoint?: string | undefined;
  readonly transport?: 'tcp' | 'tcp4' | 'tcp6' | 'unix' | undefined;
  readonly tls?: TlsServerConfig | null | undefined;
  readonly cors?: CorsConfig | null | undefined;
  readonly response_headers?: Readonly<Record<string, string>> | undefined;
  readonly max_request_body_size?: number | undefined;
  readonly compression_algorithms?: readonly Encoding[] | undefined;
  readonly read_timeout?: Duration | undefined;
  readonly read_header_timeout?: Duration | undefined;
  readonly write_timeout?: Duration | undefined;
  readonly idle_timeout?: Duration | undefined;
  readonly keep_alives_enabled?: boolean | undefined;
}
export interface KeepaliveConfig {
  readonly server_parameters?: ServerParametersConfig | null | undefined;
  readonly enforcement_policy?: EnforcementPolicyConfig | null | undefined;
}
export interface ResponseBodyConfig {
  readonly healthy?: string | undefined;
  readonly unhealthy?: string | undefined;
}
export interface ServerParametersConfig {
  readonly max_connection_idle?: Duration | undefined;
  readonly max_connection_age?: Duration | undefined;
  readonly max_connection_age_grace?: Duration | undefined;
  readonly time?: Duration | undefined;
  readonly timeout?: Duration | undefined;
}
export interface StatusPathConfig {
  readonly enabled?: boolean | undefined;
  readonly path?: string | undefined;
  readonly verbose?: boolean | undefined;
}
export declare const healthCheck: ExtensionFactory<HealthCheckConfig, Component>;
