import { once } from 'node:events';
import type { ClientHttp2Session } from 'node:http2';
import type { OtlpReceiverConfig } from '@tributary/receiver-otlp';
import { RpcError, type EnforcementPolicyConfig } from '@tributary/transport';
import { describe, expect, it } from 'vitest';
import {
  connected,
  http2Preface,
  http2Session,
  maxStreamsOf,
  pinging,
  speaking,
} from '../support/raw-clients.js';
import { call, json, methodPaths, post, receiving, sample } from './support.js';

// The limits of connections, as a client without any library of ours sees them. Times are those of the
// machine: the tests wait for what has to happen, however long it takes.

type Http = NonNullable<OtlpReceiverConfig['protocols']['http']>;
type Grpc = NonNullable<OtlpReceiverConfig['protocols']['grpc']>;

/** What comes back from the HTTP server, until it closes the connection. */
async function answerTo(text: string, http: Http): Promise<string> {
  const { http: url } = await receiving({ protocols: { http } });
  return speaking(new URL(url).host, text).closed;
}

const whole =
  'POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';

describe('HTTP', () => {
  it('cuts off a client whose headers do not come', async () => {
    expect(await answerTo(whole.slice(0, 30), { read_header_timeout: '50ms' })).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('cuts off a client whose body does not come', async () => {
    expect(await answerTo(whole.slice(0, -1), { read_timeout: '50ms' })).toMatch(/^HTTP\/1\.1 408 /);
  });

  it(
    'cuts off a client that does not take its reply',
    async () => {
      // More than the system keeps for a connection.
      const response_headers = { 'x-filler': 'x'.repeat(16 << 20) };
      const { collector, http } = await receiving({
        protocols: { http: { response_headers, write_timeout: '50ms' } },
      });
      const socket = connected(new URL(http).host);
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
    expect(await answerTo(whole, { idle_timeout: '50ms' })).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('closes each connection after its reply where keep_alives_enabled is false', async () => {
    expect(await answerTo(whole, { keep_alives_enabled: false, idle_timeout: '0s' })).toMatch(
      /connection: close/i,
    );
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
    return http2Session((await receiving({ protocols: { grpc } })).grpc);
  }

  it('takes as many requests of a connection as max_concurrent_streams says, by default 1,000', async () => {
    expect(await maxStreamsOf(await session({ max_concurrent_streams: 7 }))).toBe(7);
    expect(await maxStreamsOf(await session({ max_concurrent_streams: 0 }))).toBe(1000);
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
    await speaking(grpc, http2Preface).closed;
  });

  it('ends the connection of a client that pings more often than enforcement_policy says', async () => {
    const pingingBy = async (enforcement_policy?: EnforcementPolicyConfig): Promise<string> =>
      pinging(await session({ keepalive: { enforcement_policy } }));
    expect(await pingingBy()).toBe('too_many_pings');
    expect(await pingingBy({ min_time: '0s', permit_without_stream: true })).toBe('too_many_pings');
    expect(await pingingBy({ min_time: '1h', permit_without_stream: true })).toBe('too_many_pings');
    expect(await pingingBy({ min_time: '1ns', permit_without_stream: true })).toBe('answered');
    // Without a request, the least time is two hours all the same.
    expect(await pingingBy({ min_time: '1ns' })).toBe('too_many_pings');
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
