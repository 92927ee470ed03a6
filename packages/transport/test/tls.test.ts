import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
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

  it.each<[object, string]>([
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
    [{ cipher_suites: [] }, 'is not supported yet by this component'],
    [{ cipher_suits: [] }, 'Unrecognized key: "cipher_suits"'],
  ])('refuse %j', (config, message) => {
    expect(tlsClientSchema.safeParse(config).error?.issues.map((issue) => issue.message)).toEqual([message]);
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
      const tls = { ...files(server), ca_file: authority.caFile };
      expect(await roundTrip(tls, { ca_file: authority.caFile })).toBe('hello');
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

  it.each(['gRPC', 'HTTP'])('refuses TLS 1.1 with %s unless told otherwise', async (protocol) => {
    const runtime = testRuntime();
    const shared = { runtime, endpoint: '127.0.0.1:0', tls: tlsServerSchema.parse(files(server)) };
    const handler = { handle: () => ({ status: 200 }), refuse: () => ({ status: 500 }) };
    const address = await serving(
      protocol === 'gRPC'
        ? createUnaryServer({ ...shared, methods: method(echo) })
        : createHttpServer({ ...shared, handler, maxBodyBytes: 1 }),
    );
    const ask = (version: 'TLSv1.1' | 'TLSv1.2'): Promise<string> =>
      new Promise((resolve) => {
        const socket = connectTls({
          port: Number(address.split(':')[1]),
          host: '127.0.0.1',
          rejectUnauthorized: false,
          ALPNProtocols: [protocol === 'gRPC' ? 'h2' : 'http/1.1'],
          minVersion: version,
          maxVersion: version,
          // Without this OpenSSL would not even offer 1.1.
          ciphers: 'DEFAULT@SECLEVEL=0',
        });
        socket
          .once('secureConnect', () => resolve(socket.getProtocol() ?? ''))
          .once('error', (error) => resolve(error.message));
        onTestFinished(() => void socket.destroy());
      });
    expect(await ask('TLSv1.1')).toMatch(/alert protocol version/);
    expect(await ask('TLSv1.2')).toBe('TLSv1.2');
  });
});
