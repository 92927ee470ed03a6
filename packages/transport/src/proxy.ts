/**
 * Which proxy a client goes through, by the rules of Go's net/http, which are the
 * Collector's: so that what works there works here, and what bypasses it there does here.
 */
import { BlockList, isIP } from 'node:net';
import { splitHostPort } from './endpoint.js';
import { TransportError } from './errors.js';

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** Whether TLS is spoken with the proxy itself. */
  readonly isSecure: boolean;
  /** `user:password`, where the URL has a user. */
  readonly credentials: string | undefined;
}

/** Who a client wants to reach. */
export interface ProxiedTarget {
  /** By which the variable is chosen; gRPC counts as `https`, with TLS or without. */
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** Reads the URL of a proxy; one without a scheme speaks plain HTTP. `name` is where it stands. @throws TransportError */
export function parseProxy(text: string, name: string): Proxy {
  let url: URL;
  let credentials: string;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
    credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  } catch {
    // Without the value, which may hold a password.
    throw new TransportError('endpoint', `${name}: invalid proxy address`);
  }
  const defaultPort = defaultPorts[url.protocol];
  if (defaultPort === undefined) {
    const scheme = url.protocol.slice(0, -1);
    throw new TransportError(
      'endpoint',
      `${name}: no proxy by ${scheme}: its URL begins with http:// or https://`,
    );
  }
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? defaultPort : Number(url.port),
    isSecure: url.protocol === 'https:',
    credentials: credentials === ':' ? undefined : credentials,
  };
}

/**
 * The proxy that the environment names for a target: `HTTPS_PROXY` or `HTTP_PROXY`,
 * unless `NO_PROXY` has it, or it is this very machine. Names in capitals win.
 *
 * @throws TransportError where the variable cannot be read
 */
export function proxyFor(target: ProxiedTarget, environment: Environment): Proxy | undefined {
  const name = `${target.scheme.toUpperCase()}_PROXY`;
  const text = variable(name, environment);
  if (text === undefined || isLocal(target.host)) return undefined;
  if (isExempt(target, variable('NO_PROXY', environment) ?? '')) return undefined;
  return parseProxy(text, name);
}

function variable(name: string, environment: Environment): string | undefined {
  return environment[name] || environment[name.toLowerCase()] || undefined;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLocal(host: string): boolean {
  return host.toLowerCase() === 'localhost' || contains(loopback, host);
}

/**
 * Whether an entry of `NO_PROXY` matches: `*` is all; addresses and ranges match
 * addresses; `example.com` matches itself and what is below it, `.example.com` and
 * `*.example.com` only the latter. All but ranges may have a port.
 */
function isExempt({ host, port }: ProxiedTarget, list: string): boolean {
  const name = host.toLowerCase();
  return list
    .toLowerCase()
    .split(',')
    .map((entry) => entry.trim())
    .some((entry) => entry !== '' && (entry === '*' || matches(entry, name, port)));
}

function matches(entry: string, host: string, port: number): boolean {
  if (entry.includes('/')) return isInRange(host, entry);
  const parts = splitHostPort(entry);
  const bare = entry.replace(/^\[|\]$/g, '');
  const own = isIP(bare) !== 0 || typeof parts === 'string' ? { host: bare, port } : parts;
  if (own.host === '' || own.port !== port) return false;
  if (isIP(own.host) !== 0) return isIP(host) === isIP(own.host) && contains(listOf(own.host), host);
  const suffix = own.host.replace(/^\*(?=\.)/, '');
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function isInRange(host: string, range: string): boolean {
  const [address = '', bits = ''] = range.split('/');
  const family = familyOf(address);
  if (family === undefined || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 'ipv4' ? 32 : 128)) {
    return false;
  }
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family);
  return contains(list, host);
}

/** An address may be written in several ways. */
function listOf(address: string): BlockList {
  const list = new BlockList();
  list.addAddress(address, familyOf(address));
  return list;
}

function contains(list: BlockList, host: string): boolean {
  const family = familyOf(host);
  return family !== undefined && list.check(host, family);
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined;
}
