import { BlockList, isIP } from 'node:net';

const loopbacks = new BlockList();
loopbacks.addSubnet('127.0.0.0', 8, 'ipv4');
loopbacks.addAddress('::1', 'ipv6');

/**
 * Whether a listener on this host is reached from its own machine alone. Of a name other than `localhost`, which
 * binds the two addresses themselves, nobody knows where it leads.
 */
export function isLoopback(host: string): boolean {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  const family = isIP(bare);
  if (family === 0) return bare.toLowerCase() === 'localhost';
  return loopbacks.check(bare, family === 4 ? 'ipv4' : 'ipv6');
}
