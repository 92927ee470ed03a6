/** Addresses as people write them: `host:port`, in the words of the Collector where they are wrong. */

export interface HostPort {
  /** Without brackets; empty is every address of this machine. */
  readonly host: string;
  readonly port: number;
}

/** Splits `host:port`, `[::1]:port` or `:port`; a string is what is wrong with it. */
export function splitHostPort(address: string): HostPort | string {
  const colon = address.lastIndexOf(':');
  if (colon < 0 || address.endsWith(']')) return `address ${address}: missing port in address`;
  let host = address.slice(0, colon);
  if (host.startsWith('[')) {
    if (!host.endsWith(']')) return `address ${address}: missing ']' in address`;
    host = host.slice(1, -1);
  } else if (host.includes(':')) {
    return `address ${address}: too many colons in address`;
  }
  const port = address.slice(colon + 1);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return `invalid port "${port}"`;
  return { host, port: Number(port) };
}

/** `host:port`, with brackets where the host has colons; an IPv4 address in IPv6 clothes is undressed. */
export function formatHostPort(host: string, port: number): string {
  if (host.startsWith('::ffff:') && host.includes('.')) return `${host.slice(7)}:${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An address as node:net gives it; a socket file has none. */
export function formatPeer(host: string | undefined, port: number | undefined): string {
  return host === undefined || port === undefined ? 'unix' : formatHostPort(host, port);
}

/** What is wrong with the endpoint of a server; `undefined` is nothing. */
export function serverEndpointProblem(
  endpoint: string,
  transport: 'tcp' | 'unix' = 'tcp',
): string | undefined {
  if (transport === 'unix') return endpoint === '' ? 'unix socket path cannot be empty' : undefined;
  const parts = splitHostPort(endpoint);
  return typeof parts === 'string' ? parts : undefined;
}

/** Where a gRPC client connects to. */
export interface GrpcTarget {
  /** As the gRPC resolver takes it. */
  readonly target: string;
  /** `https://` turns TLS on whatever `insecure` says; `http://` does not turn it off. */
  readonly forcesTls: boolean;
  /** Where the endpoint is a name or an address to be looked up as usual, by TCP. */
  readonly hostPort?: HostPort | undefined;
}

/** Reads the endpoint of a gRPC client; a string is what is wrong with it. */
export function parseGrpcEndpoint(endpoint: string): GrpcTarget | string {
  if (endpoint.startsWith('unix:')) {
    const path = endpoint.slice('unix:'.length).replace(/^\/\//, '');
    return path === '' ? 'unix socket path cannot be empty' : { target: endpoint, forcesTls: false };
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(endpoint)?.[1]?.toLowerCase();
  const isHttp = scheme === 'http' || scheme === 'https';
  const target = isHttp ? endpoint.slice(scheme.length + 3).replace(/\/+$/, '') : endpoint;
  // `dns://authority/host:port`, `ipv4:///host:port,host:port`: the resolver of that name knows what
  // it takes, and all of them need a port at the end.
  const hosts = scheme === undefined || isHttp ? target : target.slice(target.lastIndexOf('/') + 1);
  const parts = splitHostPort(hosts.slice(hosts.lastIndexOf(',') + 1));
  if (typeof parts === 'string') return parts;
  const isUsual = scheme === undefined || isHttp || /^dns:\/\/\/[^/]+$/i.test(target);
  return { target, forcesTls: scheme === 'https', hostPort: isUsual ? parts : undefined };
}

/** What is wrong with the endpoint of a gRPC client; `undefined` is nothing. */
export function clientEndpointProblem(endpoint: string): string | undefined {
  const target = parseGrpcEndpoint(endpoint);
  return typeof target === 'string' ? target : undefined;
}
