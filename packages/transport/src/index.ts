export { bufferSizesShape, warnOfBufferSizes, type BufferSizes } from './buffer-sizes.js';
export { compressionProblem, type Compression } from './compression.js';
export { compressionSchema } from './compression-config.js';
export {
  clientEndpointProblem,
  formatHostPort,
  serverEndpointProblem,
  splitHostPort,
  type HostPort,
} from './endpoint.js';
export { TransportError, type TransportErrorCode } from './errors.js';
export { headersSchema, httpHeaderProblem, type HeadersConfig } from './headers.js';
export { createUnaryClient } from './grpc-client.js';
export { createUnaryServer } from './grpc-server.js';
export { grpcServerOptions, grpcServerShape } from './grpc-server-config.js';
export type {
  EnforcementPolicyConfig,
  GrpcServerConfig,
  GrpcServerSettings,
  GrpcServerShape,
  ServerKeepaliveConfig,
  ServerParametersConfig,
} from './grpc-server-config.js';
export { createHttpClient } from './http-client.js';
export { createHttpServer } from './http-server.js';
export { httpServerOptions, httpServerShape } from './http-server-config.js';
export type {
  CorsConfig,
  CorsSettings,
  HttpServerConfig,
  HttpServerSettings,
  HttpServerShape,
} from './http-server-config.js';
export type * from './http.js';
export type { ListenTransport } from './listen.js';
export { checkServerEndpoint } from './server-config.js';
export type {
  ConfigShape,
  Refused,
  ServerConfig,
  ServerDefaults,
  ServerSettings,
  ServerShape,
} from './server-config.js';
export type { Transport } from './transport.js';
export { tlsClientSchema, tlsServerSchema } from './tls.js';
export type {
  TlsClientConfig,
  TlsClientSettings,
  TlsCommonConfig,
  TlsCurve,
  TlsServerConfig,
  TlsServerSettings,
  TlsVersion,
} from './tls.js';
export { RpcError } from './unary.js';
export type * from './unary.js';
