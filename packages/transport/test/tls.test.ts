import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type SecureVersion } from 'node:tls';
import type { Runtime } from '@tributary/component';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  createHttpClient,
  createHttpServer,
  createUnaryClient,
  createUnaryServer,
  tlsClientSchema,
  tlsServerSchema,
  type TlsClientConfig,
  type TlsServerConfig,
} from '../src/index.js';
import { Certificates, hasOpenssl, type Authority, type Identity } from './certificates.js';
import { echo, echoPath, method, never, serving, testRuntime, text } from './helpers.js';

describe('the schemas', () => {
  it('complete the settings of a client', () => {
    expect(tlsClientSchema.parse({})).toMatchObject({ insecure: false, insecure_skip_verify: false });
  });

  it('take an empty text for none', () => {
    const { ca_file, server_name_override } = tlsClientSchema.parse({
      ca_file: '',
      server_name_override: '',
      ca_pem: 'x',
    });
    expect([ca_file, server_name_override]).toEqual([undefined, undefined]);
  });

  it.each<[object, ...string[]]>([
    [{ ca_file: 'a', ca_pem: 'b' }, 'provide either a CA file or the PEM-encoded string, but not both'],
    [
      { cert_file: 'a', cert_pem: 'b', key_file: 'c' },
      'provide either certificate file or PEM, but not both',
    ],
    [{ key_file: 'a', key_pem: 'b', cert_file: 'c' }, 'provide either key file or PEM, but not both'],
    [
      { cert_file: 'a' },
      'TLS configuration must include both certificate and key (CertFile/CertPem and KeyFile/KeyPem)',
    ],
    [{ min_version: '1.4' }, 'invalid TLS min_version: unsupported TLS version: "1.4"'],
    [
      { min_version: '1.3', max_version: '1.2' },
      'invalid TLS configuration: min_version cannot be greater than max_version',
    ],
    [{ max_version: '1.1' }, 'invalid TLS configuration: min_version cannot be greater than max_version'],
    [{ min_version: '', max_version: 'x' }, 'invalid TLS max_version: unsupported TLS version: "x"'],
    [
      { cipher_suites: ['RC4', 'AES128-SHA'] },
      'invalid TLS cipher suite: "RC4"',
      'invalid TLS cipher suite: "AES128-SHA"',
    ],
    [
      { cipher_suites: ['TLS_RSA_WITH_AES_128_CBC_SHA'] },
      'invalid TLS cipher suite: "TLS_RSA_WITH_AES_128_CBC_SHA"',
    ],
    [
      { cipher_suites: ['TLS_RSA_WITH_RC4_128_SHA'], include_insecure_cipher_suites: true },
      'TLS cipher suite "TLS_RSA_WITH_RC4_128_SHA" is not one of this Node\'s',
    ],
    [
      { curve_preferences: ['P256', 'P-384'] },
      'invalid curve type: "P-384". Expected values are P256, P384, P521, X25519, X25519MLKEM768',
    ],
    ...['reload_interval', 'tpm'].map((key): [object, string] => [
      { [key]: {} },
      'is not supported yet by this component',
    ]),
    [{ cipher_suits: [] }, 'Unrecognized key: "cipher_suits"'],
  ])('refuse %j', (config, ...messages) => {
    expect(tlsClientSchema.safeParse(config).error?.issues.map((issue) => issue.message)).toEqual(messages);
  });

  it('take the ciphers that Go advises against only where they are asked for', () => {
    const tls = { cipher_suites: ['TLS_RSA_WITH_AES_128_GCM_SHA256'], include_insecure_cipher_suites: true };
    expect(tlsClientSchema.safeParse(tls).error).toBeUndefined();
  });

  it('take the hybrid curve where this Node has it, and say what is missing elsewhere', () => {
    const [major = 0, minor = 0] = process.versions.openssl.split('.').map(Number);
    const issue = tlsClientSchema.safeParse({ curve_preferences: ['X25519MLKEM768'] }).error?.issues[0];
    expect(issue?.message).toBe(
      major > 3 || minor >= 5
        ? undefined
        : `curve "X25519MLKEM768" needs a Node with OpenSSL 3.5 or newer, this has ${process.versions.openssl}`,
    );
  });

  it('refuse a server without certificate', () => {
    expect(tlsServerSchema.safeParse({}).error?.issues[0]?.message).toBe(
      'TLS configuration must include both certificate and key for server connections',
    );
  });
});

/** Sends one request by TLS and returns what the server echoed. */
type RoundTrip = (server: TlsServerConfig, client: TlsClientConfig, host?: string) => Promise<string>;

const overGrpc: RoundTrip = async (serverTls, clientTls, host = 'localhost') => {
  const runtime = testRuntime();
  const server = createUnaryServer({
    runtime,
    endpoint: 'localhost:0',
    tls: tlsServerSchema.parse(serverTls),
    methods: method(echo),
  });
  const [, port] = (await serving(server)).split(':');
  const client = createUnaryClient({
    runtime,
    endpoint: `${host}:${port}`,
    tls: tlsClientSchema.parse(clientTls),
  });
  onTestFinished(() => client.close());
  return text(await client.call(echoPath, Buffer.from('hello'), { timeoutMs: 5000 }));
};

const overHttp: RoundTrip = async (serverTls, clientTls, host = 'localhost') => {
  const runtime = testRuntime();
  const server = createHttpServer({
    runtime,
    endpoint: 'localhost:0',
    tls: tlsServerSchema.parse(serverTls),
    maxBodyBytes: 1000,
    handler: { handle: ({ body }) => ({ status: 200, body }), refuse: (_, { status }) => ({ status }) },
  });
  const [, port] = (await serving(server)).split(':');
  const client = createHttpClient({ runtime, tls: tlsClientSchema.parse(clientTls) });
  onTestFinished(() => client.close());
  return text(
    (await client.post({ url: `https://${host}:${port}/`, body: Buffer.from('hello'), timeoutMs: 5000 }))
      .body,
  );
};

describe.skipIf(!hasOpenssl)('with certificates', () => {
  let certificates: Certificates;
  let authority: Authority;
  let stranger: Authority;
  let server: Identity;
  let elsewhere: Identity;
  let client: Identity;
  let strangeClient: Identity;

  beforeAll(() => {
    certificates = new Certificates();
    authority = certificates.authority('authority');
    stranger = certificates.authority('stranger');
    server = authority.issue('server', 'DNS:localhost,IP:127.0.0.1');
    elsewhere = authority.issue('elsewhere', 'DNS:elsewhere.example');
    client = authority.issue('client', 'DNS:client');
    strangeClient = stranger.issue('client', 'DNS:client');
  });
  afterAll(() => certificates.remove());

  const files = ({ certFile, keyFile }: Identity): { cert_file: string; key_file: string } => ({
    cert_file: certFile,
    key_file: keyFile,
  });

  describe.each([
    ['gRPC', overGrpc, 14],
    ['HTTP', overHttp, 'unreachable'],
  ])('%s', (_, roundTrip, refused) => {
    it('passes between two that trust the same authority', async () => {
      expect(await roundTrip(files(server), { ca_file: authority.caFile })).toBe('hello');
    });

    it('passes to an address that the certificate names', async () => {
      expect(await roundTrip(files(server), { ca_file: authority.caFile }, '127.0.0.1')).toBe('hello');
    });

    it('passes with all of it as text', async () => {
      const tls = {
        cert_pem: certificates.read(server.certFile),
        key_pem: certificates.read(server.keyFile),
      };
      expect(await roundTrip(tls, { ca_pem: certificates.read(authority.caFile) })).toBe('hello');
    });

    it('verifies although `insecure` is set, once there is an authority to trust', async () => {
      const tls = { insecure: true, ca_file: stranger.caFile };
      await expect(roundTrip(files(server), tls)).rejects.toThrow(/certificate|issuer/);
    });

    it('does not trust the certificate of a stranger, or of an unknown authority', async () => {
      await expect(roundTrip(files(server), { ca_file: stranger.caFile })).rejects.toThrow(
        /certificate|issuer/,
      );
      await expect(roundTrip(files(server), {})).rejects.toThrow(/certificate|issuer/);
    });

    it('does not trust a certificate of another name, unless that is the name to expect', async () => {
      await expect(roundTrip(files(elsewhere), { ca_file: authority.caFile })).rejects.toThrow(
        /altnames|name/i,
      );
      const tls = { ca_file: authority.caFile, server_name_override: 'elsewhere.example' };
      expect(await roundTrip(files(elsewhere), tls)).toBe('hello');
    });

    it('trusts anybody with `insecure_skip_verify`', async () => {
      expect(await roundTrip(files(elsewhere), { insecure_skip_verify: true })).toBe('hello');
    });

    it('asks for the certificate of the client where it has an authority for it', async () => {
      const tls = { ...files(server), client_ca_file: authority.caFile };
      const trusting = { ca_file: authority.caFile };
      expect(await roundTrip(tls, { ...trusting, ...files(client) })).toBe('hello');
      await expect(roundTrip(tls, trusting)).rejects.toMatchObject({ code: refused });
      await expect(roundTrip(tls, { ...trusting, ...files(strangeClient) })).rejects.toMatchObject({
        code: refused,
      });
    });

    it('does not ask for it because of `ca_file`', async () => {
      for (const ca of [
        { ca_file: authority.caFile, include_system_ca_certs_pool: true },
        { ca_pem: certificates.read(authority.caFile) },
      ]) {
        expect(await roundTrip({ ...files(server), ...ca }, { ca_file: authority.caFile })).toBe('hello');
      }
    });

    it('speaks the versions that both take, and no other', async () => {
      const trusting = { ca_file: authority.caFile };
      expect(await roundTrip({ ...files(server), min_version: '1.3' }, trusting)).toBe('hello');
      expect(await roundTrip({ ...files(server), max_version: '1.2' }, trusting)).toBe('hello');
      const newest = { ...files(server), min_version: '1.3' } as const;
      await expect(roundTrip(newest, { ...trusting, max_version: '1.2' })).rejects.toMatchObject({
        code: refused,
      });
    });

    it.each<[string, () => TlsServerConfig]>([
      [
        'failed to load TLS cert and key: /no/such.pem',
        () => ({ ...files(server), cert_file: '/no/such.pem' }),
      ],
      ['failed to load TLS cert and key: ', () => ({ ...files(server), key_file: client.keyFile })],
      [
        'failed to load client CA CertPool: failed to load cert ',
        () => ({ ...files(server), client_ca_file: server.keyFile }),
      ],
      [
        'failed to load CA CertPool File: failed to load cert ',
        () => ({ ...files(server), ca_file: '/no/such.pem' }),
      ],
    ])('does not start: %s', async (problem, tls) => {
      await expect(roundTrip(tls(), {})).rejects.toMatchObject({
        code: 'tls',
        message: expect.stringContaining(`failed to load TLS config: ${problem}`) as string,
      });
    });
  });

  it.each(['gRPC', 'HTTP'])('does not wait for a handshake when it closes (%s)', async (protocol) => {
    const runtime = testRuntime();
    const shared = { runtime, endpoint: '127.0.0.1:0', tls: tlsServerSchema.parse(files(server)) };
    const handler = { handle: () => ({ status: 200 }), refuse: () => ({ status: 500 }) };
    const made =
      protocol === 'gRPC'
        ? createUnaryServer({ ...shared, methods: method(echo) })
        : createHttpServer({ ...shared, handler, maxBodyBytes: 1 });
    const [host, port] = (await serving(made)).split(':');
    const socket = connect(Number(port), host);
    const closed = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve));
    await new Promise((resolve) => socket.once('connect', resolve));
    await made.close(never);
    await closed;
  });

  /** Listens with TLS and nothing else of interest. */
  const listening = (protocol: string, tls: TlsServerConfig): Promise<string> => {
    const shared = { runtime: testRuntime(), endpoint: '127.0.0.1:0', tls: tlsServerSchema.parse(tls) };
    const handler = { handle: () => ({ status: 200 }), refuse: () => ({ status: 500 }) };
    return serving(
      protocol === 'gRPC'
        ? createUnaryServer({ ...shared, methods: method(echo) })
        : createHttpServer({ ...shared, handler, maxBodyBytes: 1 }),
    );
  };

  /** Shakes hands; what both agreed on, or why they did not. */
  const greet = (address: string, protocol: string, options: ConnectionOptions): Promise<Greeting | string> =>
    new Promise((resolve) => {
      const socket = connectTls({
        port: Number(address.split(':')[1]),
        host: '127.0.0.1',
        rejectUnauthorized: false,
        ALPNProtocols: [protocol === 'gRPC' ? 'h2' : 'http/1.1'],
        ...options,
      });
      socket
        .once('secureConnect', () => {
          const key = socket.getEphemeralKeyInfo() as { name?: string } | null;
          resolve({ version: socket.getProtocol(), cipher: socket.getCipher().name, curve: key?.name });
        })
        .once('error', (error) => resolve(error.message));
      onTestFinished(() => void socket.destroy());
    });

  describe.each(['gRPC', 'HTTP'])('a server of %s', (protocol) => {
    // Without this OpenSSL would not even offer 1.1.
    const version = (only: SecureVersion): ConnectionOptions => ({
      minVersion: only,
      maxVersion: only,
      ciphers: 'DEFAULT@SECLEVEL=0',
    });

    it('refuses TLS 1.1 unless told otherwise', async () => {
      const usual = await listening(protocol, files(server));
      expect(await greet(usual, protocol, version('TLSv1.1'))).toMatch(/alert protocol version/);
      expect(await greet(usual, protocol, version('TLSv1.2'))).toMatchObject({ version: 'TLSv1.2' });
      const lenient = await listening(protocol, { ...files(server), min_version: '1.1' });
      expect(await greet(lenient, protocol, version('TLSv1.1'))).toMatchObject({ version: 'TLSv1.1' });
    });

    it('speaks TLS 1.2 with the ciphers that it is told, and 1.3 all the same', async () => {
      const address = await listening(protocol, {
        ...files(server),
        cipher_suites: ['TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'],
      });
      const only12 = { maxVersion: 'TLSv1.2' } as const;
      expect(await greet(address, protocol, only12)).toMatchObject({
        cipher: 'ECDHE-ECDSA-AES256-GCM-SHA384',
      });
      const other = { ...only12, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' };
      expect(await greet(address, protocol, other)).toMatch(/handshake failure/);
      expect(await greet(address, protocol, {})).toMatchObject({ version: 'TLSv1.3' });
      const only13 = await listening(protocol, {
        ...files(server),
        cipher_suites: ['TLS_AES_128_GCM_SHA256'],
      });
      expect(await greet(only13, protocol, only12)).toMatch(/protocol version/);
      expect(await greet(only13, protocol, {})).toMatchObject({ version: 'TLSv1.3' });
    });

    it('agrees on the curves that it is told', async () => {
      const tls = { ...files(server), curve_preferences: ['P384'] } as const;
      const address = await listening(protocol, tls);
      expect(await greet(address, protocol, {})).toMatchObject({ curve: 'secp384r1' });
      expect(await greet(address, protocol, { ecdhCurve: 'X25519' })).toMatch(/handshake failure/);
    });
  });

  it('trusts the authorities of the system beside its own where it is told to', async () => {
    const bundle = certificates.read(authority.caFile);
    const fs = {
      ...testRuntime().fs,
      readFile: async (path: string) =>
        path === '/etc/ssl/certs/ca-certificates.crt' ? Buffer.from(bundle) : readFile(path),
    } as Runtime['fs'];
    const address = await listening('HTTP', { ...files(server), cert_file: server.certFile });
    const post = async (include: boolean): Promise<number> => {
      const tls = { ca_file: stranger.caFile, include_system_ca_certs_pool: include };
      const poster = createHttpClient({ runtime: { ...testRuntime(), fs }, tls: tlsClientSchema.parse(tls) });
      onTestFinished(() => poster.close());
      return (await poster.post({ url: `https://${address}/`, body: Buffer.of(1) })).status;
    };
    expect(await post(true)).toBe(200);
    await expect(post(false)).rejects.toThrow(/certificate|issuer/);
  });
});

interface Greeting {
  readonly version: string | null;
  readonly cipher: string;
  readonly curve: string | undefined;
}
