// For users.
export { otlpReceiver } from './otlp.js';
export type {
  OtlpDialerConfig,
  OtlpGrpcConfig,
  OtlpHttpConfig,
  OtlpProtocolsConfig,
  OtlpReceiverConfig,
} from './config.js';

// For tests and simulations.
export { createOtlpReceiver } from './otlp.js';
