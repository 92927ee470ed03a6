import type { Runtime } from '@tributary/component';
import type { Transport } from '@tributary/transport';
import type { OtlpClient } from './client.js';
import type { OtlpGrpcClientSettings } from './grpc-client-config.js';
import { otlpGrpcClient } from './grpc-client.js';
import { userAgent } from './user-agent.js';

/** What makes connections: sockets, or the network of a simulation. */
export type OtlpGrpcTransport = Pick<Transport, 'createUnaryClient'>;

/** A client for one endpoint; it connects when it is used. */
export function connectOtlpGrpc(
  endpoint: string,
  config: OtlpGrpcClientSettings,
  runtime: Runtime,
  transport: OtlpGrpcTransport,
): OtlpClient {
  const { keepalive } = config;
  const unary = transport.createUnaryClient({
    runtime,
    endpoint,
    tls: config.tls,
    compression: config.compression || 'none',
    headers: config.headers,
    userAgent: config.user_agent || userAgent,
    // A time of 0 is "never", as in the Collector's library.
    keepalive: keepalive?.time
      ? {
          timeMs: keepalive.time,
          timeoutMs: keepalive.timeout,
          permitWithoutStream: keepalive.permit_without_stream,
        }
      : undefined,
    waitForReady: config.wait_for_ready,
    balancer: config.balancer_name || 'pick_first',
    authority: config.authority || undefined,
  });
  return otlpGrpcClient(unary);
}
