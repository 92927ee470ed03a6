// @tributary/extension-healthcheck: what the package exports, written by scripts/api.mjs.
import { Component, Duration, ExtensionFactory } from '@tributary/component';
import { GrpcServerConfig, HttpEncoding, HttpServerConfig } from '@tributary/transport';

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
export interface HealthCheckConfig extends HealthServerConfig {
  readonly endpoint?: string | undefined;
  readonly path?: string | undefined;
  readonly response_body?: ResponseBodyConfig | undefined;
  readonly check_collector_pipeline?: CheckCollectorPipelineConfig | undefined;
  readonly use_v2?: boolean | undefined;
  readonly http?: HealthHttpConfig | null | undefined;
  readonly grpc?: HealthGrpcConfig | null | undefined;
  readonly component_health?: ComponentHealthConfig | undefined;
}
export interface HealthGrpcConfig extends GrpcServerConfig {
  readonly endpoint?: string | undefined;
  readonly max_concurrent_streams?: number | undefined;
}
export interface HealthHttpConfig extends HealthServerConfig {
  readonly endpoint?: string | undefined;
  readonly status?: StatusPathConfig | undefined;
  readonly config?: ConfigPathConfig | undefined;
}
export interface HealthServerConfig extends HttpServerConfig {
  readonly max_request_body_size?: number | undefined;
  readonly compression_algorithms?: readonly HttpEncoding[] | undefined;
}
export interface ResponseBodyConfig {
  readonly healthy?: string | undefined;
  readonly unhealthy?: string | undefined;
}
export interface StatusPathConfig {
  readonly enabled?: boolean | undefined;
  readonly path?: string | undefined;
  readonly verbose?: boolean | undefined;
}
export declare const healthCheck: ExtensionFactory<HealthCheckConfig, Component>;
