import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect, type Socket } from 'node:net';
import type { OtlpReceiverConfig } from '@tributary/receiver-otlp';
import { RpcError } from '@tributary/transport';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, json, methodPaths, post, receiving, sample } from './support.js';

// The limits of connections, as a client without any library of ours sees them. Times are those of the
// machine: the tests wait for what has to happen, however long it takes.

type Http = NonNullable<OtlpReceiverConfig['protocols']['http']>;
type Grpc = NonNullable<OtlpReceiverConfig['protocols']['grpc']>;

/** Opens a connection to the HTTP server and writes; `closed` resolves with all that came back. */
async function speaking(http: Http, text: string): Promise<{ closed: Promise<string> }> {
  const { http: url } = await receiving({ protocols: { http } });
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  const closed = once(socket, 'close').then(() => Buffer.concat(pieces).toString());
  await once(socket, 'connect');
  socket.write(text);
  return { closed };
}

const whole =
  'POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';

describe('HTTP', () => {
  it('cuts off a client whose headers do not come', async () => {
    const { closed } = await speaking({ read_header_timeout: '50ms' }, whole.slice(0, 30));
    expect(await closed).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('cuts off a client whose body does not come', async () => {
    const { closed } = await speaking({ read_timeout: '50ms' }, whole.slice(0, -1));
    expect(await closed).toMatch(/^HTTP\/1\.1 408 /);
  });

  it(
    'cuts off a client that does not take its reply',
    async () => {
      // More than the system keeps for a connection.
      const response_headers = { 'x-filler': 'x'.repeat(16 << 20) };
      const { collector, http } = await receiving({
        protocols: { http: { response_headers, write_timeout: '50ms' } },
      });
      const { hostname, port } = new URL(http);
      const socket = connect(Number(port), hostname);
      onTestFinished(() => void socket.destroy());
      const begun = once(socket, 'readable');
      socket.write(whole);
      await begun;
      // It waits for the reply, as long as that may take.
      await collector.shutdown({ graceMs: 1e9 });
    },
    // The default would take 30 s.
    20_000,
  );

  it('closes a connection that has had its reply and stays idle', async () => {
    const { closed } = await speaking({ idle_timeout: '50ms' }, whole);
    expect(await closed).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('closes each connection after its reply where keep_alives_enabled is false', async () => {
    const { closed } = await speaking({ keep_alives_enabled: false, idle_timeout: '0s' }, whole);
    expect(await closed).toMatch(/connection: close/i);
  });

  it('serves each signal at the path of its own key', async () => {
    const { sink, http } = await receiving({
      protocols: { http: { traces_url_path: '/t', metrics_url_path: '/m', logs_url_path: '/l' } },
    });
    for (const [path, signal] of [
      ['/t', 'traces'],
      ['/m', 'metrics'],
      ['/l', 'logs'],
      ['/v1development/profiles', 'profiles'],
    ] as const) {
      expect((await post(http + path, sample(signal).toJson(), json)).status).toBe(200);
    }
    expect(sink.batches.map(({ signal }) => signal)).toEqual(['traces', 'metrics', 'logs', 'profiles']);
  });

  it('warns of headers that no origin may send', async () => {
    const { lines } = await receiving({ protocols: { http: { cors: { allowed_headers: ['x-a'] } } } });
    expect(lines).toContain('warn: cors.allowed_headers has no effect without allowed_origins {}');
  });

  it('tells scripts of other origins which headers they may send and read', async () => {
    const origin = 'https://shop.example';
    const { http } = await receiving({
      protocols: {
        http: {
          cors: { allowed_origins: [origin], allowed_headers: ['x-tenant'], exposed_headers: ['x-a'] },
        },
      },
    });
    const preflight = await fetch(`${http}/v1/traces`, {
      method: 'OPTIONS',
      headers: {
        connection: 'close',
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-tenant',
      },
    });
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('x-tenant');
    const reply = await post(`${http}/v1/traces`, '{}', { ...json, origin });
    expect(reply.headers.get('access-control-expose-headers')?.toLowerCase()).toBe('x-a');
  });
});

describe('gRPC', () => {
  async function session(grpc: Grpc): Promise<ClientHttp2Session> {
    const { grpc: address } = await receiving({ protocols: { grpc } });
    const client = connectHttp2(`http://${address}`);
    onTestFinished(() => client.destroy());
    return client;
  }

  it('takes as many requests of a connection as max_concurrent_streams says, by default 1,000', async () => {
    for (const [max, expected] of [
      [7, 7],
      [0, 1000],
    ] as const) {
      const client = await session({ max_concurrent_streams: max });
      await once(client, 'remoteSettings');
      expect(client.remoteSettings.maxConcurrentStreams).toBe(expected);
    }
  });

  it.each(['max_connection_idle', 'max_connection_age'])('closes a connection by %s', async (key) => {
    const client = await session({ keepalive: { server_parameters: { [key]: '50ms' } } });
    await once(client, 'goaway');
  });

  it('asks by a ping whether a client is still there', async () => {
    const client = await session({ keepalive: { server_parameters: { time: '50ms' } } });
    await once(client, 'ping');
  });

  it('closes the connection of a client that does not answer its ping', async () => {
    const { grpc } = await receiving({
      protocols: { grpc: { keepalive: { server_parameters: { time: '50ms', timeout: '50ms' } } } },
    });
    const [host, port] = grpc.split(':');
    const socket = connect(Number(port), host);
    onTestFinished(() => void socket.destroy());
    // The preface of HTTP/2 and empty SETTINGS; nothing is said after that.
    socket.write(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'));
    socket.resume();
    await once(socket, 'close');
  });

  /** Pings five times, without a request; whether that was too often. */
  async function pinging(grpc: Grpc): Promise<string> {
    const client = await session(grpc);
    client.on('error', () => {});
    await once(client, 'connect');
    const told = new Promise<string>((resolve) =>
      client.once('goaway', (_code, _stream, data) => resolve(data?.toString() ?? '')),
    );
    for (let n = 0; n < 5; n++) {
      const answered = await new Promise((resolve) => {
        if (!client.ping((error) => resolve(error === null))) resolve(false);
      });
      if (answered === false) return told;
    }
    return 'answered';
  }

  it('ends the connection of a client that pings more often than enforcement_policy says', async () => {
    expect(await pinging({})).toBe('too_many_pings');
    const usual = { min_time: '0s', permit_without_stream: true } as const;
    expect(await pinging({ keepalive: { enforcement_policy: usual } })).toBe('too_many_pings');
    const patient = { min_time: '1h', permit_without_stream: true } as const;
    expect(await pinging({ keepalive: { enforcement_policy: patient } })).toBe('too_many_pings');
    const lenient = { min_time: '1ns', permit_without_stream: true } as const;
    expect(await pinging({ keepalive: { enforcement_policy: lenient } })).toBe('answered');
    // Without a request, the least time is two hours all the same.
    expect(await pinging({ keepalive: { enforcement_policy: { min_time: '1ns' } } })).toBe('too_many_pings');
  });

  it('cuts requests off that are still under way after the grace of an old connection', async () => {
    const { sink, grpc } = await receiving({
      protocols: {
        grpc: {
          keepalive: { server_parameters: { max_connection_age: '50ms', max_connection_age_grace: '50ms' } },
        },
      },
    });
    sink.respond(() => new Promise(() => {}));
    const outcome = await call(grpc, methodPaths.traces, sample('traces').toBytes(), { timeoutMs: 0 });
    expect(RpcError.is(outcome)).toBe(true);
  });
});
