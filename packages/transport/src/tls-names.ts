/** Ciphers and curves by the names of Go, which are those of the Collector's configuration, and by OpenSSL's. */
import { createSecureContext, getCiphers } from 'node:tls';

/** The suites of TLS 1.3. As in Go, they are always on: a list chooses among the older ones. */
const tls13Suites = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
] as const;

const secureSuites: Readonly<Record<string, string>> = {
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
};

/** Those that Go has and advises against. */
const insecureSuites: Readonly<Record<string, string>> = {
  TLS_RSA_WITH_RC4_128_SHA: 'RC4-SHA',
  TLS_RSA_WITH_3DES_EDE_CBC_SHA: 'DES-CBC3-SHA',
  TLS_RSA_WITH_AES_128_CBC_SHA: 'AES128-SHA',
  TLS_RSA_WITH_AES_256_CBC_SHA: 'AES256-SHA',
  TLS_RSA_WITH_AES_128_CBC_SHA256: 'AES128-SHA256',
  TLS_RSA_WITH_AES_128_GCM_SHA256: 'AES128-GCM-SHA256',
  TLS_RSA_WITH_AES_256_GCM_SHA384: 'AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_RC4_128_SHA: 'ECDHE-ECDSA-RC4-SHA',
  TLS_ECDHE_RSA_WITH_RC4_128_SHA: 'ECDHE-RSA-RC4-SHA',
  TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA: 'ECDHE-RSA-DES-CBC3-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: 'ECDHE-ECDSA-AES128-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256: 'ECDHE-RSA-AES128-SHA256',
};

/** What is wrong with a name of `cipher_suites`; `undefined` is nothing. */
export function cipherSuiteProblem(name: string, insecureToo: boolean): string | undefined {
  if (tls13Suites.some((known) => known === name)) return undefined;
  const ours = secureSuites[name] ?? (insecureToo ? insecureSuites[name] : undefined);
  if (ours === undefined) return `invalid TLS cipher suite: "${name}"`;
  // RC4 and 3DES, mostly: OpenSSL is built without them.
  return getCiphers().includes(ours.toLowerCase())
    ? undefined
    : `TLS cipher suite "${name}" is not one of this Node's`;
}

/** The list for OpenSSL. */
export function cipherListOf(names: readonly string[]): string {
  const older = names.flatMap((name) => secureSuites[name] ?? insecureSuites[name] ?? []);
  return [...tls13Suites, ...older].join(':');
}

/** The names of `curve_preferences`. */
export const curves = ['P256', 'P384', 'P521', 'X25519', 'X25519MLKEM768'] as const;
export type TlsCurve = (typeof curves)[number];

const openSslCurves: Readonly<Record<TlsCurve, string>> = {
  P256: 'P-256',
  P384: 'P-384',
  P521: 'P-521',
  X25519: 'X25519',
  X25519MLKEM768: 'X25519MLKEM768',
};

/** The list for OpenSSL. */
export function curveListOf(names: readonly TlsCurve[]): string {
  return names.map((name) => openSslCurves[name]).join(':');
}

/** Why this process cannot use a curve; `undefined` where it can. */
export function curveProblem(name: TlsCurve): string | undefined {
  try {
    createSecureContext({ ecdhCurve: openSslCurves[name] });
    return undefined;
  } catch {
    return `curve "${name}" needs a Node with OpenSSL 3.5 or newer, this has ${process.versions.openssl}`;
  }
}
