import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { systemRuntime } from '@tributary/collector';
import { createHttpClient, createUnaryClient } from '@tributary/transport';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  Certificates,
  hasOpenssl,
  type Authority,
  type Identity,
} from '../../packages/transport/test/certificates.js';
import { listenerOf } from '../support/raw-clients.js';
import { call, json, methodPaths, post, receiving, sample } from './support.js';

const bytes = sample('traces').toBytes();

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-receiver-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('a socket', () => {
  it('may be a file, for either protocol', async () => {
    const folder = await temporaryFolder();
    const [grpc, http] = [join(folder, 'grpc.sock'), join(folder, 'http.sock')];
    const { collector, sink } = await receiving({
      protocols: { grpc: { endpoint: grpc, transport: 'unix' }, http: { endpoint: http, transport: 'unix' } },
    });
    expect(collector.addresses()['otlp']).toEqual({ grpc, http });
    expect(await call(`unix://${grpc}`, methodPaths.traces, bytes)).toEqual(Buffer.of(10, 0));
    const sending = request({ socketPath: http, method: 'POST', path: '/v1/traces', headers: json });
    sending.end('{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}');
    const [reply] = (await once(sending, 'response')) as [{ statusCode: number; resume(): void }];
    reply.resume();
    expect([reply.statusCode, sink.items]).toEqual([200, 4]);
  });

  it('may be of one family of addresses', async () => {
    const only4 = { endpoint: 'localhost:0', transport: 'tcp4' } as const;
    const { sink, grpc, http } = await receiving({ protocols: { grpc: only4, http: only4 } });
    const port = (address: string): string => address.slice(address.lastIndexOf(':') + 1);
    expect(await call(`127.0.0.1:${port(grpc)}`, methodPaths.traces, bytes)).toEqual(Buffer.of(10, 0));
    expect((await post(`http://127.0.0.1:${port(http)}/v1/traces`, '{}', json)).status).toBe(200);
    expect(sink.items).toBe(3);
    for (const address of [grpc, http]) {
      const tls = { insecure: true, insecure_skip_verify: false };
      const client = createHttpClient({ runtime: systemRuntime(), tls });
      onTestFinished(() => client.close());
      const url = `http://[::1]:${port(address)}/v1/traces`;
      await expect(client.post({ url, body: bytes })).rejects.toMatchObject({ name: 'TransportError' });
    }
  });

  it('is not dialled, whatever the dialer says', async () => {
    const dialer = { timeout: '1ms' } as const;
    const { sink, grpc, http } = await receiving({ protocols: { grpc: { dialer }, http: { dialer } } });
    await call(grpc, methodPaths.traces, bytes);
    expect([(await post(`${http}/v1/traces`, '{}', json)).status, sink.items]).toEqual([200, 3]);
  });

  it('has buffers of its own size, which the log says to whoever wants another', async () => {
    const { lines } = await receiving({
      protocols: { grpc: { read_buffer_size: 524_288, write_buffer_size: 1 } },
    });
    expect(lines.filter((line) => line.startsWith('warn'))).toEqual([
      'warn: Has no effect: Node has its own sizes of buffers {"key":"read_buffer_size","value":524288}',
      'warn: Has no effect: Node has its own sizes of buffers {"key":"write_buffer_size","value":1}',
    ]);
    const usual = await receiving({ protocols: { grpc: { read_buffer_size: 0 } } });
    expect(usual.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
  });

  it.each(['grpc', 'http'] as const)(
    'of %s that dies is a fatal error, which ends the collector',
    async (name) => {
      const { collector, grpc, http } = await receiving();
      const heard: string[] = [];
      const stopped = new Promise<void>((resolve) =>
        collector.events.on('status', ({ kind, status, error }) => {
          if (kind !== 'receiver') return;
          if (status === 'fatal_error') heard.push(error!.message);
          if (status === 'stopped') resolve();
        }),
      );
      listenerOf(name === 'grpc' ? grpc : http).close();
      await stopped;
      expect(heard).toContain('the listening socket was closed');
    },
  );
});

describe.skipIf(!hasOpenssl)('TLS', () => {
  let certificates: Certificates;
  let authority: Authority;
  let server: Identity;
  let client: Identity;
  beforeAll(() => {
    certificates = new Certificates();
    authority = certificates.authority('authority');
    server = authority.issue('server', 'DNS:localhost,IP:127.0.0.1');
    client = authority.issue('client', 'DNS:client');
  });
  afterAll(() => certificates.remove());

  it('is spoken by both protocols, with whom shows a certificate that they trust', async () => {
    const tls = {
      cert_file: server.certFile,
      key_pem: certificates.read(server.keyFile),
      client_ca_file: authority.caFile,
    };
    const { sink, grpc, http } = await receiving({ protocols: { grpc: { tls }, http: { tls } } });
    const settings = { insecure: false, insecure_skip_verify: false, ca_file: authority.caFile };
    const known = { ...settings, cert_file: client.certFile, key_file: client.keyFile };
    const runtime = systemRuntime();
    const byGrpc = async (trusted: typeof settings): Promise<unknown> => {
      const caller = createUnaryClient({ runtime, endpoint: grpc, tls: trusted });
      onTestFinished(() => caller.close());
      return caller.call(methodPaths.traces, bytes, { timeoutMs: 15_000 });
    };
    const byHttp = async (trusted: typeof settings): Promise<unknown> => {
      const poster = createHttpClient({ runtime, tls: trusted });
      onTestFinished(() => poster.close());
      return poster.post({ url: `${http}/v1/traces`, body: Buffer.from('{}'), headers: json });
    };
    await byGrpc(known);
    expect(await byHttp(known)).toMatchObject({ status: 200 });
    await expect(byGrpc(settings)).rejects.toMatchObject({ name: 'RpcError' });
    await expect(byHttp(settings)).rejects.toMatchObject({ name: 'TransportError' });
    expect(sink.items).toBe(3);
  });
});
