// For users.
export { otlpReceiver } from './otlp.js';
export type {
  OtlpCorsConfig,
  OtlpEncoding,
  OtlpGrpcConfig,
  OtlpHttpConfig,
  OtlpKeepaliveConfig,
  OtlpProtocolsConfig,
  OtlpReceiverConfig,
  OtlpServerParametersConfig,
} from './config.js';
