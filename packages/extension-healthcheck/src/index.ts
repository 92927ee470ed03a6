export { healthCheck } from './health-check.js';
export type {
  CheckCollectorPipelineConfig,
  ComponentHealthConfig,
  ConfigPathConfig,
  HealthCheckConfig,
  HealthGrpcConfig,
  HealthHttpConfig,
  HealthServerConfig,
  ResponseBodyConfig,
  StatusPathConfig,
} from './config.js';
