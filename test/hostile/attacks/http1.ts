/** What clients of HTTP/1.1 can do. */
import { connect, type Socket } from 'node:net';
import { sampleTraces } from '@tributary/testkit';
import { expect } from 'vitest';
import { Heard, inParallel, over, push, untilOrStuck, type Attack, type Siege } from '../attack.js';
import type { Victim } from '../victim.js';

const head = 'POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-protobuf\r\n';
const body = sampleTraces({ spans: 1 }).toBytes();
const crumbMs = 50;

/** A connection, and what comes back on it. */
class RawHttp {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  received = '';

  constructor(address: string) {
    const [host, port] = address.split(':');
    this.socket = connect(Number(port), host);
    this.socket
      .on('error', () => {})
      .on('data', (piece: Buffer) => (this.received += piece.toString('latin1')));
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
  }

  /** The codes of all replies, or that there was none. */
  get told(): string[] {
    const codes = [...this.received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, code]) => `http ${code}`);
    return codes.length === 0 ? ['closed'] : codes;
  }
}

/** Three kinds of clients that take all the time of the world. */
const kinds: readonly (readonly [start: string, piece: string])[] = [
  ['POST /v1/traces HTTP/1.1\r\nHost: a\r\nX-Slow: ', 'a'],
  [`${head}Content-Length: 100000\r\n\r\n`, 'a'],
  [`${head}Transfer-Encoding: chunked\r\n\r\n`, '1\r\na\r\n'],
];

/** Clients that go on writing, a piece at a time, until the server closes the connection. */
export class SlowClients implements AsyncDisposable {
  readonly #clients: readonly RawHttp[];
  readonly #timer: NodeJS.Timeout;

  constructor(victim: Victim, times: number) {
    this.#clients = Array.from({ length: times }, () => new RawHttp(victim.http));
    this.#clients.forEach(({ socket }, n) => socket.write(kinds[n % kinds.length]![0]));
    this.#timer = setInterval(() => {
      this.#clients.forEach(({ socket }, n) => {
        if (!socket.destroyed) socket.write(kinds[n % kinds.length]![1]);
      });
    }, crumbMs);
  }

  /** How many the server has not cut off. */
  get open(): number {
    return this.#clients.filter(({ socket }) => !socket.destroyed).length;
  }

  /** Resolves with what they were told, when all of them have been cut off. */
  async told(): Promise<string[]> {
    await Promise.all(this.#clients.map(({ closed }) => closed));
    return this.#clients.flatMap(({ told }) => told);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    for (const { socket } of this.#clients) socket.destroy();
    await this.told();
  }
}

export const slowHttp1: Attack = {
  name: 'slow headers, slow bodies and bodies without end (HTTP/1.1)',
  unit: 'clients',
  short: 30,
  long: 1500,
  keys: { http: 'read_header_timeout: 1s, read_timeout: 2s' },
  async lay(victim, times) {
    await using clients = new SlowClients(victim, times);
    const heard = new Heard();
    for (const told of await clients.told()) heard.add(told);
    // The reply is lost where the server has not read all that came.
    expect(heard.kinds.filter((told) => told !== 'closed')).toEqual(['http 408']);
    return over(heard);
  },
};

/** What comes back until the server closes the connection, or nothing more comes. */
async function answersTo(victim: Victim, text: string, most: number = Infinity): Promise<string[]> {
  const connection = new RawHttp(victim.http);
  connection.socket.write(text, 'latin1');
  // Who wants all that comes says that nothing more follows.
  if (most === Infinity) connection.socket.end();
  await untilOrStuck(() => connection.socket.destroyed || connection.told.length >= most);
  connection.socket.destroy();
  return connection.told;
}

const request = (line: string, ...headers: string[]): string =>
  `${[line, 'Host: a', ...headers].join('\r\n')}\r\n\r\n`;
const typed = 'Content-Type: application/json';
const good = request('POST /v1/traces HTTP/1.1', typed, 'Content-Length: 2') + '{}';

/** What it is, the bytes, and the answers to them. */
const wrongRequests: readonly (readonly [string, string, readonly string[]])[] = [
  ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00', ['http 400']],
  ['HTTP/2 on the port of HTTP/1.1', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', ['http 400']],
  ['a method that does not exist', request('BREW /v1/traces HTTP/1.1'), ['http 400']],
  ['GET', request('GET /v1/traces HTTP/1.1'), ['http 405']],
  ['DELETE', request('DELETE /v1/traces HTTP/1.1'), ['http 405']],
  ['CONNECT', request('CONNECT example.com:443 HTTP/1.1'), ['closed']],
  [
    'a path that does not exist',
    request('POST /v1/secrets HTTP/1.1', typed, 'Content-Length: 2') + '{}',
    ['http 404'],
  ],
  [
    'a path out of the root',
    request('POST /v1/traces/../../etc HTTP/1.1', typed, 'Content-Length: 2') + '{}',
    ['http 404'],
  ],
  [
    'a path of 60 KB',
    request(`POST /${'a'.repeat(60_000)} HTTP/1.1`, typed, 'Content-Length: 2') + '{}',
    ['http 404'],
  ],
  [
    'another content type',
    request('POST /v1/traces HTTP/1.1', 'Content-Type: text/xml', 'Content-Length: 2') + '{}',
    ['http 415'],
  ],
  ['no content type', request('POST /v1/traces HTTP/1.1', 'Content-Length: 2') + '{}', ['http 415']],
  [
    'an unknown encoding',
    request('POST /v1/traces HTTP/1.1', typed, 'Content-Encoding: br', 'Content-Length: 2') + '{}',
    ['http 400'],
  ],
  [
    'two encodings',
    request('POST /v1/traces HTTP/1.1', typed, 'Content-Encoding: gzip, gzip', 'Content-Length: 2') + '{}',
    ['http 400'],
  ],
  [
    'an upgrade',
    request('POST /v1/traces HTTP/1.1', typed, 'Connection: Upgrade', 'Upgrade: h2c', 'Content-Length: 2') +
      '{}',
    ['http 200'],
  ],
  ['headers of 70 KB', request('POST /v1/traces HTTP/1.1', `X-A: ${'a'.repeat(70_000)}`), ['http 431']],
  ['a header without a name', request('POST /v1/traces HTTP/1.1', ': a'), ['http 400']],
  ['no host', 'POST /v1/traces HTTP/1.1\r\nContent-Length: 0\r\n\r\n', ['http 400']],
  [
    'Content-Length that is no number',
    request('POST /v1/traces HTTP/1.1', typed, 'Content-Length: 2x') + '{}',
    ['http 400'],
  ],
  [
    'Content-Length below zero',
    request('POST /v1/traces HTTP/1.1', typed, 'Content-Length: -1') + '{}',
    ['http 400'],
  ],
  [
    'Content-Length of 2^64',
    request('POST /v1/traces HTTP/1.1', typed, 'Content-Length: 18446744073709551616') + '{}',
    ['http 400'],
  ],
  [
    'two of Content-Length',
    request('POST /v1/traces HTTP/1.1', typed, 'Content-Length: 2', 'Content-Length: 3') + '{}',
    ['http 400'],
  ],
  [
    'chunked, but not at last',
    request('POST /v1/traces HTTP/1.1', typed, 'Transfer-Encoding: chunked, gzip') + '0\r\n\r\n',
    ['http 400'],
  ],
  [
    'a chunk that is longer than it says',
    request('POST /v1/traces HTTP/1.1', typed, 'Transfer-Encoding: chunked') + '1\r\n{}\r\n0\r\n\r\n',
    ['http 400'],
  ],
  [
    'a chunk with extensions of 20 KB',
    request('POST /v1/traces HTTP/1.1', typed, 'Transfer-Encoding: chunked') +
      `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
    ['http 413'],
  ],
];

export const wrongHttp1: Attack = {
  name: 'wrong methods, paths, types and headers (HTTP/1.1)',
  unit: 'times all of them',
  short: 1,
  long: 100,
  async lay(victim, times) {
    const heard = new Heard();
    for (let n = 0; n < times; n++) {
      await inParallel(wrongRequests.length, 8, async (which) => {
        const [name, text, answers] = wrongRequests[which]!;
        const told = await answersTo(victim, text);
        for (const answer of told) heard.add(answer);
        expect([name, told]).toEqual([name, answers]);
      });
    }
    return over(heard);
  },
};

/** A request that stands in the body of another one, for a parser that goes by the other length. */
const hidden =
  request(
    'POST /v1/traces HTTP/1.1',
    'Content-Type: application/x-protobuf',
    `Content-Length: ${body.length}`,
  ) + Buffer.from(body).toString('latin1');
const smuggling: readonly string[] = [
  request('POST /v1/traces HTTP/1.1', typed, 'Content-Length: 4', 'Transfer-Encoding: chunked') +
    `0\r\n\r\n${hidden}`,
  request('POST /v1/traces HTTP/1.1', typed, 'Transfer-Encoding: chunked', 'Content-Length: 4') +
    `0\r\n\r\n${hidden}`,
  request('POST /v1/traces HTTP/1.1', typed, 'Content-Length: 0', 'Transfer-Encoding: identity') + hidden,
  request('POST /v1/traces HTTP/1.1', typed, 'Content-Length: 0', 'Transfer-Encoding : chunked') + hidden,
  request('POST /v1/traces HTTP/1.1', typed, 'Content-Length: 0', 'Transfer-Encoding:\x0bchunked') + hidden,
  request('POST /v1/traces HTTP/1.1', typed, 'Content-Length: 0', 'X: a\nTransfer-Encoding: chunked') +
    hidden,
];

export const smuggledRequests: Attack = {
  name: 'Content-Length with Transfer-Encoding',
  unit: 'times six requests',
  short: 1,
  long: 100,
  async lay(victim, times) {
    const heard = new Heard();
    const before = victim.backend.items('traces');
    for (let n = 0; n < times; n++) {
      for (const text of smuggling) for (const told of await answersTo(victim, text)) heard.add(told);
    }
    expect(heard.kinds).toEqual(['http 400']);
    expect(victim.backend.items('traces')).toBe(before);
    // Or nobody would have run the hidden request either.
    expect(await answersTo(victim, good + hidden, 2)).toEqual(['http 200', 'http 200']);
    expect(victim.backend.items('traces')).toBe(before + 1);
    return over(heard);
  },
};

export const unreadReplies: Attack = {
  name: 'replies that nobody reads (HTTP/1.1)',
  unit: 'requests',
  short: 2_000,
  long: 200_000,
  async lay(victim, times) {
    const heard = new Heard();
    const connection = new RawHttp(victim.http);
    connection.socket.pause();
    const many = Buffer.from(good.repeat(100));
    for (let sent = 0; sent < times; sent += 100) {
      if (await push(connection.socket, many)) continue;
      // It does not read while its replies are not taken.
      heard.add('reads no more');
      break;
    }
    return { heard, lift: () => void connection.socket.destroy() };
  },
};

/** Bodies that are on their way for ever, each of the size that it may have. */
export const unfinishedHttp1: Attack = {
  name: 'bodies that stay unfinished (HTTP/1.1)',
  unit: 'bodies of 16 MiB',
  short: 4,
  long: 60,
  async lay(victim, times): Promise<Siege> {
    const heard = new Heard();
    const connections = Array.from({ length: times }, () => new RawHttp(victim.http));
    await Promise.all(
      connections.map(async ({ socket }) => {
        // Without a length, which would tell the limiter what is to come.
        socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
        const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1 << 20), Buffer.from('\r\n')]);
        for (let sent = 0; sent < 16; sent++) if (!(await push(socket, chunk))) return;
      }),
    );
    return {
      heard,
      lift() {
        for (const connection of connections) {
          heard.add(connection.received === '' ? 'still open' : connection.told.join());
          connection.socket.destroy();
        }
      },
    };
  },
};

export const oversizeHttp1: Attack = {
  name: 'oversize bodies (HTTP/1.1)',
  unit: 'bodies, with and without a length',
  short: 4,
  long: 200,
  async lay(victim, times) {
    const heard = new Heard();
    const bytes = 21 << 20;
    await inParallel(times, 4, async (n) => {
      const connection = new RawHttp(victim.http);
      const { socket } = connection;
      if (n % 2 === 0) socket.write(`${head}Content-Length: ${bytes}\r\n\r\n`);
      else socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n${bytes.toString(16)}\r\n`);
      const piece = Buffer.alloc(1 << 20);
      for (let sent = 0; sent < bytes && connection.received === ''; sent += piece.length) {
        if (!(await push(socket, piece))) break;
      }
      await untilOrStuck(() => connection.received !== '' || socket.destroyed);
      for (const told of connection.told) heard.add(told);
      socket.destroy();
    });
    expect(heard.kinds.filter((told) => told !== 'http 413' && told !== 'http 503')).toEqual([]);
    return over(heard);
  },
};
