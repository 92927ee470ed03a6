// For users.
export { otlpReceiver } from './otlp.js';
export type {
  OtlpCorsConfig,
  OtlpGrpcConfig,
  OtlpHttpConfig,
  OtlpKeepaliveConfig,
  OtlpProtocolsConfig,
  OtlpReceiverConfig,
  OtlpServerParametersConfig,
} from './config.js';
