import type { HttpClient, HttpClientOptions, HttpServerOptions } from './http.js';
import type { Server, UnaryClient, UnaryClientOptions, UnaryServerOptions } from './unary.js';

/**
 * All that components need to reach, and be reached by, other programs. This package does it with sockets;
 * a simulation does it without.
 */
export interface Transport {
  createUnaryServer(options: UnaryServerOptions): Server;
  createUnaryClient(options: UnaryClientOptions): UnaryClient;
  createHttpServer(options: HttpServerOptions): Server;
  createHttpClient(options: HttpClientOptions): HttpClient;
}
