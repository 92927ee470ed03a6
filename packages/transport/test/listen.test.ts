import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, Server as NetServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createHttpServer,
  createUnaryServer,
  type HttpServerOptions,
  type Server,
  type UnaryServerOptions,
} from '../src/index.js';
import { listen, type Listener, type ListenerOptions, type ListenTransport } from '../src/listen.js';
import { loopbacks, temporaryFolder, testRuntime } from './helpers.js';

interface Listening {
  readonly listener: Listener;
  readonly servers: readonly NetServer[];
  readonly heard: readonly string[];
}

/** Listens until the test is over, and keeps what is told of the sockets. */
async function listening(
  endpoint: string,
  transport: ListenTransport = 'tcp',
  options: Partial<ListenerOptions> = {},
): Promise<Listening> {
  const servers: NetServer[] = [];
  const heard: string[] = [];
  const listener = await listen({
    endpoint,
    transport,
    create: () => {
      const server = createServer((socket) => socket.destroy());
      servers.push(server);
      return server;
    },
    fs: testRuntime().fs,
    onError: (error) => heard.push(`error: ${error.message}`),
    onDeath: (error) => heard.push(`death: ${error.message}`),
    ...options,
  });
  onTestFinished(() => listener.stop());
  return { listener, servers, heard };
}

describe('a kind of socket', () => {
  const families = ({ servers }: Listening): string[] =>
    servers.map((server) => (server.address() as AddressInfo | null)?.family ?? 'none');
  const hasIpv6 = loopbacks.includes('[::1]');

  it('tcp4 is IPv4 alone, by name and for all addresses', async () => {
    expect(families(await listening('localhost:0', 'tcp4'))).toEqual(['IPv4']);
    const all = await listening(':0', 'tcp4');
    expect([families(all), all.listener.address]).toEqual([
      ['IPv4'],
      expect.stringMatching(/^0\.0\.0\.0:\d+$/) as string,
    ]);
  });

  it.skipIf(!hasIpv6)('tcp6 is IPv6 alone, by name and for all addresses', async () => {
    expect(families(await listening('localhost:0', 'tcp6'))).toEqual(['IPv6']);
    const all = await listening(':0', 'tcp6');
    expect(families(all)).toEqual(['IPv6']);
    // The port is free for IPv4.
    const { port } = all.servers[0]!.address() as AddressInfo;
    expect(families(await listening(`127.0.0.1:${port}`))).toEqual(['IPv4']);
  });

  it('refuses an address of the other family', async () => {
    await expect(listening('127.0.0.1:0', 'tcp6')).rejects.toMatchObject({
      code: 'listen',
      message: 'cannot listen on 127.0.0.1:0: no suitable address for tcp6',
    });
  });
});

describe('a socket file', () => {
  /** Makes a process that listens there and is killed, so that nobody removes the file. */
  async function abandoned(): Promise<string> {
    const path = join(await temporaryFolder(), 'left.sock');
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.send('up'))`;
    const child = fork('-e', [script], { execArgv: [] });
    await once(child, 'message');
    child.kill('SIGKILL');
    await once(child, 'exit');
    return path;
  }

  it('that a killed process left is replaced', async () => {
    const path = await abandoned();
    const { listener } = await listening(path, 'unix');
    expect(listener.address).toBe(path);
    expect((await testRuntime().fs.lstat(path)).isSocket()).toBe(true);
  });

  it('that somebody serves is left alone', async () => {
    const path = join(await temporaryFolder(), 'served.sock');
    await listening(path, 'unix');
    await expect(listening(path, 'unix')).rejects.toMatchObject({
      code: 'listen',
      message: `cannot listen on ${path}: address already in use`,
    });
  });

  it('that is no socket is left alone', async () => {
    const { fs } = testRuntime();
    const path = join(await temporaryFolder(), 'notes.txt');
    await fs.writeFile(path, 'notes');
    await expect(listening(path, 'unix')).rejects.toThrow('address already in use');
    expect(await fs.readFile(path, 'utf8')).toBe('notes');
  });

  it('that may not be removed is told', async () => {
    const path = await abandoned();
    const unlink = (): Promise<void> =>
      Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }));
    await expect(listening(path, 'unix', { fs: { ...testRuntime().fs, unlink } })).rejects.toMatchObject({
      code: 'listen',
      message: `cannot listen on ${path}: permission denied`,
    });
  });

  it.each([['a folder that is not there', '/no/such/folder/x.sock', /no such file|permission denied/]])(
    'in %s is told',
    async (_, path, message) => {
      await expect(listening(path, 'unix')).rejects.toMatchObject({
        code: 'listen',
        message: expect.stringMatching(message) as string,
      });
    },
  );
});

describe('a listening socket', () => {
  it('that dies is told, once', async () => {
    const { servers, heard } = await listening('127.0.0.1:0');
    servers[0]!.close();
    await once(servers[0]!, 'close');
    expect(heard).toEqual(['death: the listening socket was closed']);
  });

  it('that cannot accept one connection goes on; that it cannot accept any is its death', async () => {
    const { servers, heard } = await listening('127.0.0.1:0');
    const error = (code: string): Error => Object.assign(new Error(`accept ${code}`), { code });
    servers[0]!.emit('error', error('EMFILE'));
    servers[0]!.emit('error', error('EINVAL'));
    servers[0]!.emit('error', error('EINVAL'));
    expect(heard).toEqual(['error: accept EMFILE', 'death: accept EINVAL']);
  });

  it('that is stopped has not died', async () => {
    const { listener, heard } = await listening('localhost:0');
    await listener.stop();
    expect(heard).toEqual([]);
  });
});

describe('a server that is closed while it opens', () => {
  const handler = { handle: () => ({ status: 200 }), refuse: () => ({ status: 400 }) };
  it.each<[string, (options: Where) => Server]>([
    ['HTTP', (where) => createHttpServer({ ...where, handler, maxBodyBytes: 1 })],
    ['gRPC', (where) => createUnaryServer({ ...where, methods: new Map() })],
  ])('listens no more, and says so: %s', async (_, create) => {
    const endpoint = join(await temporaryFolder(), 'server.sock');
    const server = create({ runtime: testRuntime(), endpoint, transport: 'unix' });
    const listening = server.listen();
    await server.close(new AbortController().signal);
    await expect(listening).rejects.toThrow(`cannot listen on ${endpoint}: closed before it was open`);
    const [error]: unknown[] = await once(connect(endpoint), 'error');
    expect(error).toMatchObject({ code: 'ENOENT' });
  });
});

type Where = Pick<UnaryServerOptions & HttpServerOptions, 'runtime' | 'endpoint' | 'transport'>;
