export { healthCheck } from './health-check.js';
export type {
  CheckCollectorPipelineConfig,
  ComponentHealthConfig,
  ConfigPathConfig,
  HealthCheckConfig,
  HealthHttpConfig,
  ResponseBodyConfig,
  StatusPathConfig,
} from './config.js';
export type {
  CorsConfig,
  Encoding,
  EnforcementPolicyConfig,
  GrpcServerConfig,
  HttpServerConfig,
  KeepaliveConfig,
  ServerParametersConfig,
} from './server-config.js';
