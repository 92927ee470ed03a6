// Servers: for createUnaryServer and createHttpServer of @tributary/transport.
export { otlpMethods, rpcStatus } from './grpc-server.js';
export { failureReply, otlpHttpHandler } from './http-server.js';
export type { OtlpConsumers, OtlpServerOptions } from './server.js';

// Clients: over createUnaryClient and createHttpClient.
export { otlpGrpcClient } from './grpc-client.js';
export { connectOtlpGrpc, type OtlpGrpcTransport } from './connect-grpc.js';
export {
  otlpGrpcClientShape,
  type OtlpClientKeepaliveConfig,
  type OtlpGrpcClientConfig,
  type OtlpGrpcClientSettings,
} from './grpc-client-config.js';
export { otlpHttpClient, type OtlpHttpClientOptions } from './http-client.js';
export { bookPartialSuccess } from './book-partial-success.js';
export { userAgent } from './user-agent.js';
export type { OtlpAttempt, OtlpClient } from './client.js';

// The protocol.
export type { PartialSuccess } from './partial-success.js';
export type { Status as OtlpStatus } from './status.js';
export { defaultPaths, methodPaths } from './signals.js';
