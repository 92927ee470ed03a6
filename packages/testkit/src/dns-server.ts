import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import * as dnsPacket from 'dns-packet';

/** What a {@link dnsServer} answers for a name. A type without an entry has no records. */
export interface DnsRecords {
  /** IPv4 addresses. */
  readonly a?: readonly string[] | DnsFailure;
  /** IPv6 addresses. */
  readonly aaaa?: readonly string[] | DnsFailure;
  /** Services, by host and port. */
  readonly srv?: readonly DnsService[] | DnsFailure;
}

/** One SRV record. */
export interface DnsService {
  readonly target: string;
  readonly port: number;
  /** Lower goes first. Default 0. */
  readonly priority?: number;
  /** Default 0. */
  readonly weight?: number;
}

/** How a {@link dnsServer} gives no records: with a code, or without any answer. */
export type DnsFailure = 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED' | 'silence';

/** A DNS server whose answers can change while it runs. */
export interface DnsServer extends AsyncDisposable {
  /** Where it listens, by UDP and TCP: `127.0.0.1:54321`. */
  readonly address: string;
  /** What came so far, such as `A gateways.example`. */
  readonly questions: readonly string[];
  /** Answers so from now on, in any case of letters. A name that was never set does not exist. */
  set(name: string, records: DnsRecords | DnsFailure): void;
  /** Safe twice. */
  close(): Promise<void>;
}

/** Without EDNS, in which a client says how much it takes (RFC 1035, 4.2.1). */
const usualUdpBytes = 512;
const codes: Readonly<Record<Exclude<DnsFailure, 'silence'>, number>> = {
  SERVFAIL: 2,
  NXDOMAIN: 3,
  REFUSED: 5,
};
const authoritative = dnsPacket.AUTHORITATIVE_ANSWER;

/**
 * Starts a DNS server on a free port of 127.0.0.1 for A, AAAA and SRV. What does not fit into a datagram is truncated,
 * and asked for again by TCP.
 *
 * @example
 * await using dns = await dnsServer();
 * dns.set('gateways.example', { a: ['127.0.0.1', '127.0.0.2'] });
 * const resolver = new Resolver();
 * resolver.setServers([dns.address]);
 */
export async function dnsServer(): Promise<DnsServer> {
  const answers = new Map<string, DnsRecords | DnsFailure>();
  const questions: string[] = [];
  const sockets = new Set<Socket>();

  /** The reply, or undefined where there is to be none. */
  function reply(bytes: Buffer, maxBytes: (query: dnsPacket.Packet) => number): Buffer | undefined {
    let query: dnsPacket.DecodedPacket;
    try {
      query = dnsPacket.decode(bytes);
    } catch {
      return undefined; // No DNS at all.
    }
    const [question] = query.questions ?? [];
    if (query.type !== 'query' || question === undefined) return undefined;
    questions.push(`${question.type} ${question.name}`);
    const found = recordsOf(question, answers.get(question.name.toLowerCase()) ?? 'NXDOMAIN');
    if (found === 'silence') return undefined;
    const head: dnsPacket.Packet = { type: 'response', id: query.id ?? 0, questions: [question] };
    if (typeof found === 'string') {
      return dnsPacket.encode({ ...head, flags: authoritative | codes[found] });
    }
    const whole = dnsPacket.encode({ ...head, flags: authoritative, answers: found });
    if (whole.byteLength <= maxBytes(query)) return whole;
    return dnsPacket.encode({ ...head, flags: authoritative | dnsPacket.TRUNCATED_RESPONSE });
  }

  const udp = createSocket('udp4');
  udp.on('message', (bytes: Buffer, { port, address }: RemoteInfo) => {
    const answer = reply(bytes, udpBytes);
    if (answer !== undefined) udp.send(answer, port, address);
  });
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    let waiting = Buffer.alloc(0);
    socket.on('data', (piece: Buffer) => {
      waiting = Buffer.concat([waiting, piece]);
      // Each message has its length before it (RFC 1035, 4.2.2).
      while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
        const end = 2 + waiting.readUInt16BE(0);
        const answer = reply(waiting.subarray(2, end), () => 65_535);
        waiting = waiting.subarray(end);
        if (answer === undefined) continue;
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.byteLength);
        socket.write(Buffer.concat([length, answer]));
      }
    });
  });
  // The port that TCP gets is mostly free for UDP too; else there is another.
  for (let tries = 0; ; tries++) {
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    udp.bind((tcp.address() as AddressInfo).port, '127.0.0.1');
    try {
      await once(udp, 'listening');
      break;
    } catch (error) {
      tcp.close();
      if (tries === 10) throw error;
    }
  }
  const { port } = tcp.address() as AddressInfo;
  let closing: Promise<unknown> | undefined;

  async function close(): Promise<void> {
    closing ??= Promise.all([
      new Promise<void>((resolve) => udp.close(() => resolve())),
      new Promise<void>((resolve) => {
        tcp.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    ]);
    await closing;
  }

  return {
    address: `127.0.0.1:${port}`,
    questions,
    set(name, records) {
      answers.set(name.toLowerCase(), records);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function recordsOf(
  { name, type }: dnsPacket.Question,
  known: DnsRecords | DnsFailure,
): dnsPacket.Answer[] | DnsFailure {
  if (typeof known === 'string') return known;
  const { a = [], aaaa = [], srv = [] } = known;
  const common = { name, ttl: 0 };
  if (type === 'A') {
    return typeof a === 'string' ? a : a.map((data) => ({ ...common, type: 'A', data }));
  }
  if (type === 'AAAA') {
    return typeof aaaa === 'string' ? aaaa : aaaa.map((data) => ({ ...common, type: 'AAAA', data }));
  }
  if (type === 'SRV') {
    return typeof srv === 'string' ? srv : srv.map((data) => ({ ...common, type: 'SRV', data }));
  }
  return [];
}

/** What fits into a datagram, by what the client says of itself (RFC 6891). */
function udpBytes({ additionals = [] }: dnsPacket.Packet): number {
  for (const record of additionals) {
    if (record.type === 'OPT') return Math.max(usualUdpBytes, record.udpPayloadSize);
  }
  return usualUdpBytes;
}
