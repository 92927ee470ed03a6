import { X509Certificate } from 'node:crypto';
import * as nodeTls from 'node:tls';
import { createSecureContext, type SecureContext, type SecureVersion } from 'node:tls';
import { notOffered, type Runtime } from '@tributary/component';
import { z } from 'zod';
import { messageOf, TransportError } from './errors.js';
import {
  cipherListOf,
  cipherSuiteProblem,
  curveListOf,
  curveProblem,
  curves,
  type TlsCurve,
} from './tls-names.js';

export type { TlsCurve };
export type TlsVersion = '1.0' | '1.1' | '1.2' | '1.3';

/** The TLS keys that clients and servers share. File and PEM of one item exclude each other. */
export interface TlsCommonConfig {
  /** Certificates of the authorities to trust, a PEM file. Default: those that Node brings. No effect on a server. */
  readonly ca_file?: string | undefined;
  /** The same as text. */
  readonly ca_pem?: string | undefined;
  /** Own certificate with its chain, a PEM file. */
  readonly cert_file?: string | undefined;
  /** The same as text. */
  readonly cert_pem?: string | undefined;
  /** Key of the certificate, a PEM file. */
  readonly key_file?: string | undefined;
  /** The same as text. */
  readonly key_pem?: string | undefined;
  /** Trusts those that the system trusts beside those of `ca_file` or `ca_pem`. No effect without them, or on a server. Default `false`. */
  readonly include_system_ca_certs_pool?: boolean | undefined;
  /** Oldest version to speak. Default `'1.2'`. */
  readonly min_version?: TlsVersion | undefined;
  /** Newest version to speak. Default `'1.3'`. */
  readonly max_version?: TlsVersion | undefined;
  /**
   * The ciphers of TLS 1.2 and older by their names in Go, such as
   * `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`; those of 1.3 are always on. Default `[]`: those that Node takes.
   */
  readonly cipher_suites?: readonly string[] | undefined;
  /** Lets `cipher_suites` name ciphers that Go advises against. Default `false`. */
  readonly include_insecure_cipher_suites?: boolean | undefined;
  /** The curves of the key exchange, the best first. Default `[]`: those that Node takes. */
  readonly curve_preferences?: readonly TlsCurve[] | undefined;
}

/** `tls` of a client. */
export interface TlsClientConfig extends TlsCommonConfig {
  /** Plaintext. Setting a CA or an `https://` endpoint turns TLS on all the same. Default `false`. */
  readonly insecure?: boolean | undefined;
  /** TLS without verifying the server's certificate. Default `false`. */
  readonly insecure_skip_verify?: boolean | undefined;
  /** The name that the server's certificate must have. Default: the host of the endpoint. */
  readonly server_name_override?: string | undefined;
}

/** `tls` of a server. A certificate and its key are required. */
export interface TlsServerConfig extends TlsCommonConfig {
  /** Requires client certificates and verifies them against these authorities, a PEM file. */
  readonly client_ca_file?: string | undefined;
}

export type TlsCommonSettings = TlsCommonConfig;

/** {@link TlsClientConfig} completed. */
export interface TlsClientSettings extends TlsCommonSettings {
  readonly insecure: boolean;
  readonly insecure_skip_verify: boolean;
  readonly server_name_override?: string | undefined;
}

/** {@link TlsServerConfig} completed. */
export type TlsServerSettings = TlsServerConfig;

const versions = ['1.0', '1.1', '1.2', '1.3'] as const;

/** An empty text is none, as in the Collector. */
function version(key: string): z.ZodType<TlsVersion | undefined, TlsVersion | undefined> {
  const known = z.enum(versions, {
    error: ({ input }) => `invalid TLS ${key}: unsupported TLS version: "${String(input)}"`,
  });
  return z.preprocess((value) => (value === '' ? undefined : value), known.optional()) as never;
}

/** An empty text is none, as in the Collector. */
const text = z
  .string()
  .optional()
  .transform((value) => value || undefined);

const commonShape = {
  ca_file: text,
  ca_pem: text,
  cert_file: text,
  cert_pem: text,
  key_file: text,
  key_pem: text,
  include_system_ca_certs_pool: z.boolean().optional(),
  min_version: version('min_version').optional(),
  max_version: version('max_version').optional(),
  cipher_suites: z.array(z.string()).readonly().optional(),
  include_insecure_cipher_suites: z.boolean().optional(),
  curve_preferences: z
    .array(
      z
        .enum(curves, {
          error: ({ input }) =>
            `invalid curve type: "${String(input)}". Expected values are ${curves.join(', ')}`,
        })
        .superRefine((curve, context) => {
          const message = curveProblem(curve);
          if (message !== undefined) context.addIssue({ code: 'custom', message });
        }),
    )
    .readonly()
    .optional(),
  reload_interval: notOffered,
  tpm: notOffered,
};

function* problemsOf(tls: TlsCommonConfig): Generator<string> {
  if (tls.ca_file !== undefined && tls.ca_pem !== undefined)
    yield 'provide either a CA file or the PEM-encoded string, but not both';
  if (tls.cert_file !== undefined && tls.cert_pem !== undefined)
    yield 'provide either certificate file or PEM, but not both';
  if (tls.key_file !== undefined && tls.key_pem !== undefined)
    yield 'provide either key file or PEM, but not both';
  if (hasCertificate(tls) !== hasKey(tls))
    yield 'TLS configuration must include both certificate and key (CertFile/CertPem and KeyFile/KeyPem)';
  if ((tls.min_version ?? '1.2') > (tls.max_version ?? '1.3'))
    yield 'invalid TLS configuration: min_version cannot be greater than max_version';
  for (const name of tls.cipher_suites ?? []) {
    const problem = cipherSuiteProblem(name, tls.include_insecure_cipher_suites === true);
    if (problem !== undefined) yield problem;
  }
}

function* serverProblemsOf(tls: TlsServerConfig): Generator<string> {
  yield* problemsOf(tls);
  if (!hasCertificate(tls) && !hasKey(tls))
    yield 'TLS configuration must include both certificate and key for server connections';
}

function hasCertificate(tls: TlsCommonConfig): boolean {
  return tls.cert_file !== undefined || tls.cert_pem !== undefined;
}

function hasKey(tls: TlsCommonConfig): boolean {
  return tls.key_file !== undefined || tls.key_pem !== undefined;
}

/** The schema of a client's `tls`, with the Collector's messages. */
export const tlsClientSchema: z.ZodType<TlsClientSettings, TlsClientConfig> = z
  .strictObject({
    ...commonShape,
    insecure: z.boolean().default(false),
    insecure_skip_verify: z.boolean().default(false),
    server_name_override: text,
  })
  .superRefine((tls, context) => {
    for (const message of problemsOf(tls)) context.addIssue({ code: 'custom', message });
  });

/** The schema of a server's `tls`, with the Collector's messages. */
export const tlsServerSchema: z.ZodType<TlsServerSettings, TlsServerConfig> = z
  .strictObject({ ...commonShape, client_ca_file: text, client_ca_file_reload: notOffered })
  .superRefine((tls, context) => {
    for (const message of serverProblemsOf(tls)) context.addIssue({ code: 'custom', message });
  });

/** What `node:tls` takes of a client. */
export interface LoadedClientTls {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
  readonly servername?: string | undefined;
}

/** What `node:tls` takes of a server. */
export interface LoadedServerTls extends LoadedTls {
  /** With `client_ca_file`: asks for a client certificate and refuses who has none. */
  readonly requestCert: boolean;
  readonly rejectUnauthorized: true;
}

interface LoadedTls {
  readonly ca?: Buffer | (Buffer | string)[] | undefined;
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  readonly ciphers?: string | undefined;
  readonly ecdhCurve?: string | undefined;
}

type Files = Pick<Runtime['fs'], 'readFile'>;

/** Reads the files of a client; `undefined` is plaintext. @throws TransportError */
export async function loadClientTls(
  tls: TlsClientSettings,
  files: Files,
  forced = false,
): Promise<LoadedClientTls | undefined> {
  const own = await loadAuthorities(files, caProblem, tls.ca_file, tls.ca_pem);
  if (tls.insecure && own === undefined && !forced) return undefined;
  const withSystem = own !== undefined && tls.include_system_ca_certs_pool === true;
  const ca = withSystem ? [own, ...(await systemAuthorities(files))] : own;
  const secureContext = contextOf({ ...(await loadCommon(tls, files)), ca });
  return {
    secureContext,
    rejectUnauthorized: !tls.insecure_skip_verify,
    ...(tls.server_name_override && { servername: tls.server_name_override }),
  };
}

/** Reads the files of a server. @throws TransportError */
export async function loadServerTls(tls: TlsServerSettings, files: Files): Promise<LoadedServerTls> {
  // `ca_file` does not verify clients, as in the Collector, but a bad one fails the start.
  await loadAuthorities(files, caProblem, tls.ca_file, tls.ca_pem);
  const ca = await loadAuthorities(files, clientCaProblem, tls.client_ca_file);
  const loaded = { ...(await loadCommon(tls, files)), ca };
  contextOf(loaded);
  return { ...loaded, requestCert: ca !== undefined, rejectUnauthorized: true };
}

const caProblem = 'failed to load CA CertPool File: failed to load cert';
const clientCaProblem = 'failed to load client CA CertPool: failed to load cert';
const certificateProblem = 'failed to load TLS cert and key:';

const secureVersions: Readonly<Record<TlsVersion, SecureVersion>> = {
  '1.0': 'TLSv1',
  '1.1': 'TLSv1.1',
  '1.2': 'TLSv1.2',
  '1.3': 'TLSv1.3',
};

async function loadCommon(tls: TlsCommonSettings, files: Files): Promise<LoadedTls> {
  return {
    cert: await loadItem(files, certificateProblem, tls.cert_file, tls.cert_pem),
    key: await loadItem(files, certificateProblem, tls.key_file, tls.key_pem),
    minVersion: secureVersions[tls.min_version ?? '1.2'],
    maxVersion: secureVersions[tls.max_version ?? '1.3'],
    ciphers: ciphersOf(tls),
    ecdhCurve: tls.curve_preferences?.length ? curveListOf(tls.curve_preferences) : undefined,
  };
}

function ciphersOf({
  cipher_suites: names = [],
  min_version: oldest = '1.2',
}: TlsCommonSettings): string | undefined {
  const list = names.length > 0 ? cipherListOf(names) : undefined;
  // At its usual level of security OpenSSL has no TLS below 1.2, whatever version is named.
  return oldest < '1.2' ? `${list ?? nodeTls.DEFAULT_CIPHERS}:@SECLEVEL=0` : list;
}

/** Where systems keep what they trust, in the order in which Go looks. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** The part of node:tls that Node 22.15 and later have: what macOS and Windows keep in no file. */
interface SystemStore {
  getCACertificates?(type: 'system'): string[];
}

async function systemAuthorities(files: Files): Promise<(Buffer | string)[]> {
  for (const path of systemBundles) {
    try {
      return [await files.readFile(path)];
    } catch {
      // The next system has it elsewhere.
    }
  }
  const kept = (nodeTls as SystemStore).getCACertificates?.('system') ?? [];
  return kept.length > 0 ? kept : [...nodeTls.rootCertificates];
}

/** OpenSSL takes a file without any certificate for an empty list; here it is a mistake. */
async function loadAuthorities(
  files: Files,
  problem: string,
  path: string | undefined,
  pem?: string,
): Promise<Buffer | undefined> {
  const bytes = await loadItem(files, problem, path, pem);
  if (bytes === undefined) return undefined;
  try {
    void new X509Certificate(bytes);
  } catch (error) {
    throw failure(path === undefined ? problem : `${problem} ${path}:`, error);
  }
  return bytes;
}

/** Finds out whether certificate and key are what they should be, and belong together. */
function contextOf(loaded: LoadedTls): SecureContext {
  try {
    return createSecureContext(loaded);
  } catch (error) {
    throw failure(certificateProblem, error);
  }
}

async function loadItem(
  files: Files,
  problem: string,
  path: string | undefined,
  pem: string | undefined,
): Promise<Buffer | undefined> {
  if (pem !== undefined) return Buffer.from(pem);
  if (path === undefined) return undefined;
  try {
    return await files.readFile(path);
  } catch (error) {
    throw failure(`${problem} ${path}:`, error);
  }
}

function failure(problem: string, cause: unknown): TransportError {
  return new TransportError('tls', `failed to load TLS config: ${problem} ${messageOf(cause)}`, { cause });
}
