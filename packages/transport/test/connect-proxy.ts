import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a proxy was asked for. */
export interface Asked {
  /** `CONNECT backend.example:4317`, or `POST http://backend.example:4318/v1/traces`. */
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
}

export interface TestProxy {
  /** Host and port. */
  readonly address: string;
  readonly asked: readonly Asked[];
}

/**
 * A proxy for the time of a test: it tunnels, and passes plain requests on. Whatever name
 * it is asked for is this machine: names need not exist, and only the proxy knows them.
 */
export async function testProxy(): Promise<TestProxy> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  const proxy = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    asked.push({ line: `${method} ${url}`, headers });
    const { port, pathname } = new URL(url);
    const onward = httpRequest({ host: '127.0.0.1', port, path: pathname, method, headers }, (reply) => {
      response.writeHead(reply.statusCode!, reply.headers);
      reply.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  proxy.on('connect', (request, socket: Socket) => {
    asked.push({ line: `CONNECT ${request.url}`, headers: request.headers });
    const onward = connect(Number(/:(\d+)$/.exec(request.url!)?.[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on('error', () => [socket, onward].forEach((other) => other.destroy()));
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.closeAllConnections();
    proxy.close();
  });
  return { address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
}
