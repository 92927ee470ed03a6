// For users.
export { resourceDetection } from './resource-detection.js';
export type {
  AttributeSwitch,
  AzureConfig,
  DetectorSpelling,
  DockerConfig,
  Ec2Config,
  EksConfig,
  EnvConfig,
  GcpConfig,
  HerokuConfig,
  HostnameSource,
  K8sApiConfig,
  LambdaConfig,
  ProcessConfig,
  ResourceAttributes,
  ResourceDetectionConfig,
  RetryConfig,
  SystemConfig,
} from './config.js';
export type { AttributeOf, DetectorName, Switchable } from './attributes.js';

// For tests and simulations.
export { createResourceDetection } from './resource-detection.js';
export type { Endpoints, Surroundings, ThisProcess } from './surroundings.js';
export type { Answer, Question } from './http.js';
