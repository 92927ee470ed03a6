import { isIPv6 } from 'node:net';

/** A port, where a backend names none. */
const defaultPort = 4317;

/** Where a backend is reached, which its ring knows by a text with or without a port. */
export function endpointOf(backend: string): string {
  if (isIPv6(backend)) return `[${backend}]:${defaultPort}`;
  return backend.includes(':') && !backend.endsWith(']') ? backend : `${backend}:${defaultPort}`;
}
