// For users.
export { otlpReceiver } from './otlp.js';
export type {
  OtlpCorsConfig,
  OtlpDialerConfig,
  OtlpEncoding,
  OtlpEnforcementPolicyConfig,
  OtlpGrpcConfig,
  OtlpHttpConfig,
  OtlpKeepaliveConfig,
  OtlpProtocolsConfig,
  OtlpReceiverConfig,
  OtlpServerParametersConfig,
  OtlpTransport,
} from './config.js';
