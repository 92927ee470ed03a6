/** Connections on which nothing is said. */
import { connect, type Socket } from 'node:net';
import { http2Preface } from '../../support/raw-clients.js';
import { Heard, inParallel, type Attack, type Siege } from '../attack.js';

const atOnce = 50;

/** Opens connections to both ports in turn; each has said `first`, when all are open. */
function manyConnections(options: {
  readonly name: string;
  readonly short: number;
  readonly long: number;
  readonly grpc: string;
  readonly http: string;
}): Attack {
  const { name, short, long, grpc, http } = options;
  return {
    name,
    unit: 'connections',
    short,
    long,
    async lay(victim, times): Promise<Siege> {
      const sockets: Socket[] = [];
      await inParallel(times, atOnce, async (n) => {
        const [address, first] = n % 2 === 0 ? [victim.grpc, grpc] : [victim.http, http];
        const [host, port] = address.split(':');
        const socket = connect(Number(port), host);
        sockets.push(socket);
        await new Promise<void>((resolve) => {
          socket.on('error', () => resolve()).on('connect', () => socket.write(first, () => resolve()));
        });
      });
      const heard = new Heard();
      return {
        heard,
        lift() {
          for (const socket of sockets) {
            heard.add(socket.readyState === 'open' ? 'still open' : 'closed');
            socket.destroy();
          }
        },
      };
    },
  };
}

export const idleConnections: Attack = manyConnections({
  name: 'idle connections',
  short: 200,
  long: 5_000,
  grpc: http2Preface,
  http: '',
});

const longHeader = `X-A: ${'a'.repeat(8000)}\r\n`;

export const halfHeaders: Attack = manyConnections({
  name: 'connections with half a header',
  short: 200,
  long: 5_000,
  // HEADERS of 100 bytes of which one has come.
  grpc: `${http2Preface}\0\0\x64\x01\0\0\0\0\x01\0`,
  http: `POST /v1/traces HTTP/1.1\r\nHost: a\r\n${longHeader}X-B: `,
});
