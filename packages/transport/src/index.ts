export { compressionProblem, type Compression } from './compression.js';
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
export { createHttpClient } from './http-client.js';
export { createHttpServer } from './http-server.js';
export type * from './http.js';
export type { ListenTransport } from './listen.js';
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
