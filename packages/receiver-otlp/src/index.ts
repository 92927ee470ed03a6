// For users.
export { otlpReceiver } from './otlp.js';
export type {
  OtlpDialerConfig,
  OtlpGrpcConfig,
  OtlpHttpConfig,
  OtlpProtocolsConfig,
  OtlpReceiverConfig,
} from './config.js';
