import { createServer as createNetServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { Runtime } from '@tributary/component';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  createUnaryClient,
  createUnaryServer,
  RpcError,
  type UnaryClient,
  type UnaryClientOptions,
  type UnaryServerOptions,
} from '../src/index.js';
import { Certificates, hasOpenssl } from './certificates.js';
import { testProxy } from './connect-proxy.js';
import { echo, echoPath, method, plaintext, serving, testRuntime, text } from './helpers.js';

// By which way a gRPC client comes to its server: DNS and proxies.

const hello = Buffer.from('hello');

function client(endpoint: string, options: Partial<UnaryClientOptions> = {}): UnaryClient {
  const environment = {};
  const made = createUnaryClient({
    runtime: testRuntime(),
    endpoint,
    tls: plaintext,
    environment,
    ...options,
  });
  onTestFinished(() => made.close());
  return made;
}

function server(options: Partial<UnaryServerOptions> = {}): Promise<string> {
  return serving(
    createUnaryServer({
      runtime: testRuntime(),
      endpoint: '127.0.0.1:0',
      methods: method(echo),
      ...options,
    }),
  );
}

/** A runtime whose names are those of a table, and whose pauses take no time. */
function runtimeKnowing(lookup: (host: string) => readonly string[]): UnaryClientOptions['runtime'] {
  const { clock, dns, fs } = testRuntime();
  const find = async (host: string): Promise<{ address: string; family: number }[]> =>
    lookup(host).map((address) => ({ address, family: 4 }));
  return {
    fs,
    dns: { ...dns, lookup: find as unknown as Runtime['dns']['lookup'] },
    clock: { ...clock, after: (_, run) => clock.after(1, run) },
  };
}

const portOf = (address: string): string => address.slice(address.lastIndexOf(':') + 1);

describe('the name of a gRPC server', () => {
  it('is looked up by the DNS of the runtime', async () => {
    const asked: string[] = [];
    const runtime = runtimeKnowing((host) => {
      asked.push(host);
      return ['127.0.0.1'];
    });
    const port = portOf(await server());
    const seen = await client(`backend.example:${port}`, { runtime }).call(echoPath, hello);
    expect(text(seen)).toBe('hello');
    expect(asked).toEqual(['backend.example']);
    expect(text(await client(`dns:///other.example:${port}`, { runtime }).call(echoPath, hello))).toBe(
      'hello',
    );
    expect(asked).toEqual(['backend.example', 'other.example']);
  });

  it('that is an address, or none at all, needs no DNS', async () => {
    const runtime = runtimeKnowing((host) => (host === 'localhost' ? ['127.0.0.1'] : []));
    const port = portOf(await server());
    expect(text(await client(`127.0.0.1:${port}`, { runtime }).call(echoPath, hello))).toBe('hello');
    // Without a host it is this machine.
    expect(text(await client(`:${port}`, { runtime }).call(echoPath, hello))).toBe('hello');
  });

  it('that is not known is UNAVAILABLE, and is looked up again until it is', async () => {
    let lookups = 0;
    const runtime = runtimeKnowing(() => {
      if (++lookups < 4) throw new Error('ENOTFOUND backend.example');
      return ['127.0.0.1'];
    });
    const port = portOf(await server());
    const made = client(`backend.example:${port}`, { runtime });
    const failure = made.call(echoPath, hello);
    await expect(failure).rejects.toThrow('Name resolution failed for backend.example: ENOTFOUND');
    const patient = client(`backend.example:${port}`, { runtime, waitForReady: true });
    expect(text(await patient.call(echoPath, hello))).toBe('hello');
    expect(lookups).toBeGreaterThanOrEqual(4);
  });

  // Only Linux has more than one address of its own without being told.
  it.skipIf(process.platform !== 'linux').each([
    ['round_robin', ['127.0.0.1', '127.0.0.2']],
    ['pick_first', ['127.0.0.1']],
  ] as const)('with two addresses is used by %s at %j', async (balancer, used) => {
    const asked = new Set<string>();
    const answering = (address: string): UnaryServerOptions['methods'] =>
      method((request) => {
        asked.add(address);
        return request.message;
      });
    const port = portOf(await server({ methods: answering('127.0.0.1') }));
    await server({ endpoint: `127.0.0.2:${port}`, methods: answering('127.0.0.2') });
    const runtime = runtimeKnowing(() => ['127.0.0.1', '127.0.0.2']);
    const made = client(`backend.example:${port}`, { runtime, balancer });
    // The second connection may take a moment; the first one would do for any number of calls.
    for (let calls = 0; calls < 200 && (calls < 20 || asked.size < used.length); calls++) {
      await made.call(echoPath, hello);
    }
    expect([...asked].sort()).toEqual(used);
  });
});

describe('a proxy of the environment', () => {
  it('is asked for a tunnel by the name, which it alone looks up, with its credentials', async () => {
    const { address, asked } = await testProxy();
    const hosts: (readonly string[] | undefined)[] = [];
    const port = portOf(
      await server({
        methods: method((request) => {
          hosts.push(request.metadata.get('host'));
          return request.message;
        }),
      }),
    );
    const made = client(`backend.example:${port}`, {
      environment: { HTTPS_PROXY: `http://me:p%40ss@${address}` },
    });
    expect(text(await made.call(echoPath, hello))).toBe('hello');
    expect(asked.map(({ line }) => line)).toEqual([`CONNECT backend.example:${port}`]);
    expect(asked[0]!.headers['proxy-authorization']).toBe(`Basic ${btoa('me:p@ss')}`);
    expect(hosts).toEqual([[`backend.example:${port}`]]);
  });

  it('is not asked where NO_PROXY has the name, nor for plaintext HTTP alone', async () => {
    const { address, asked } = await testProxy();
    const port = portOf(await server());
    const runtime = runtimeKnowing(() => ['127.0.0.1']);
    for (const environment of [
      { HTTPS_PROXY: address, NO_PROXY: 'backend.example' },
      { HTTP_PROXY: address },
    ]) {
      await client(`backend.example:${port}`, { runtime, environment }).call(echoPath, hello);
    }
    await client(`127.0.0.1:${port}`, { environment: { HTTPS_PROXY: address } }).call(echoPath, hello);
    expect(asked).toEqual([]);
  });

  it('that does not tunnel makes a call fail as one that may pass', async () => {
    const refusing = createNetServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'));
    }).listen(0, '127.0.0.1');
    await once(refusing, 'listening');
    onTestFinished(() => void refusing.close());
    const environment = { HTTPS_PROXY: `127.0.0.1:${(refusing.address() as AddressInfo).port}` };
    const error: unknown = await client('backend.example:4317', { environment })
      .call(echoPath, hello)
      .catch((thrown: unknown) => thrown);
    expect(RpcError.is(error) && error.code).toBe(14);
  });

  it.each([
    ['https://proxy:3128', 'HTTPS_PROXY: gRPC goes through proxies by http:// alone'],
    ['socks5://proxy', 'HTTPS_PROXY: no proxy by socks5'],
  ])('%s is refused when the client opens', async (proxy, message) => {
    await expect(
      client('backend.example:4317', { environment: { HTTPS_PROXY: proxy } }).open(),
    ).rejects.toThrow(message);
  });

  describe.skipIf(!hasOpenssl)('with TLS', () => {
    const certificates = hasOpenssl ? new Certificates() : undefined;
    afterAll(() => certificates?.remove());

    it('does not stand in for the server, whose name the certificate must have', async () => {
      const { address, asked } = await testProxy();
      const authority = certificates!.authority('ours');
      const { certFile, keyFile } = authority.issue('server', 'DNS:backend.example');
      const port = portOf(await server({ tls: { cert_file: certFile, key_file: keyFile } }));
      const through = (host: string): UnaryClient =>
        client(`${host}:${port}`, {
          environment: { HTTPS_PROXY: address },
          tls: { insecure: false, insecure_skip_verify: false, ca_file: authority.caFile },
        });
      expect(text(await through('backend.example').call(echoPath, hello))).toBe('hello');
      await expect(through('other.example').call(echoPath, hello)).rejects.toMatchObject({ code: 14 });
      expect(asked.map(({ line }) => line)).toContain(`CONNECT other.example:${port}`);
    });
  });
});
