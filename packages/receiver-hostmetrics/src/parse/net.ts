import { count, fieldsOf, linesOf } from './fields.js';

/** Counters of one direction since the interface came up. */
export interface Traffic {
  readonly bytes: number;
  readonly packets: number;
  readonly errors: number;
  readonly dropped: number;
}

/** A network interface of /proc/net/dev. */
export interface Interface {
  readonly device: string;
  readonly receive: Traffic;
  readonly transmit: Traffic;
}

/** Reads /proc/net/dev. The name may hold colons, and no blank need stand behind the last one. */
export function parseNetDev(bytes: Buffer): Interface[] {
  return linesOf(bytes).flatMap((line) => {
    const colon = line.lastIndexOf(':');
    const values = fieldsOf(line.slice(colon + 1)).map(count);
    if (colon === -1 || values.length < 12 || values.some(Number.isNaN)) return [];
    return [
      {
        device: line.slice(0, colon).trim(),
        receive: traffic(values, 0),
        transmit: traffic(values, 8),
      },
    ];
  });
}

function traffic(values: readonly number[], at: number): Traffic {
  return {
    bytes: values[at]!,
    packets: values[at + 1]!,
    errors: values[at + 2]!,
    dropped: values[at + 3]!,
  };
}

/** States of a TCP connection, by the kernel's number. 12 is that of a request that is not accepted yet. */
const stateNumbers: readonly (TcpState | undefined)[] = [
  undefined,
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'SYN_RECV',
];

export const tcpStates = [
  'CLOSE_WAIT',
  'CLOSE',
  'CLOSING',
  'DELETE',
  'ESTABLISHED',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'LAST_ACK',
  'LISTEN',
  'SYN_SENT',
  'SYN_RECV',
  'TIME_WAIT',
] as const;
export type TcpState = (typeof tcpStates)[number];
export type TcpCounts = Record<TcpState, number>;

export function noConnections(): TcpCounts {
  return Object.fromEntries(tcpStates.map((state) => [state, 0])) as TcpCounts;
}

/** Counts the connections of a part of /proc/net/tcp or tcp6 that begins and ends with whole lines. */
export function countTcp(bytes: Buffer, counts: TcpCounts): void {
  // `  12: 0100007F:1F90 0100007F:C3F2 01 …`, where an address of IPv6 has 32 digits.
  for (const [, state] of bytes
    .toString('latin1')
    .matchAll(/^ *\d+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /gm)) {
    const name = stateNumbers[parseInt(state!, 16)];
    if (name !== undefined) counts[name]++;
  }
}
