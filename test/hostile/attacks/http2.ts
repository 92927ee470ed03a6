/** What clients of HTTP/2 can do with frames of their own. */
import { constants } from 'node:http2';
import { methodPaths } from '@tributary/otlp';
import { sampleTraces } from '@tributary/testkit';
import { expect } from 'vitest';
import {
  acknowledges,
  endHeaders,
  endStream,
  frame,
  frameType,
  grpcFrame,
  grpcHeaders,
  RawHttp2,
} from '../../support/raw-http2.js';
import { Heard, push, untilOrStuck, type Attack, type Siege } from '../attack.js';

const framesPerWrite = 256;
const path = methodPaths.traces;
const good = grpcFrame(sampleTraces({ spans: 1 }).toBytes());

/** The stream of the n-th request of a connection. */
const streamOf = (n: number): number => 2 * n + 1;
const headers = (n: number, flags: number = endHeaders): Buffer =>
  frame(frameType.headers, flags, streamOf(n), grpcHeaders(path));
const data = (n: number, bytes: Buffer, flags: number = 0): Buffer =>
  frame(frameType.data, flags, streamOf(n), bytes);
const reset = (n: number): Buffer =>
  frame(frameType.rstStream, 0, streamOf(n), word(constants.NGHTTP2_CANCEL));

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A setting that is what it is by default: MAX_CONCURRENT_STREAMS. */
const setting = Buffer.from([0, 3, 0, 0, 0, 100]);

/** A header that goes into the table of HPACK, 3,000 bytes long, and 8,000 times the same one out of it. */
const hpackBomb = Buffer.concat([
  Buffer.from([0x40, 1, 0x78, 127, 0xb9, 0x16]),
  Buffer.alloc(3000, 'v'),
  Buffer.alloc(8000, 0x80 | 62),
]);

/** Literal headers of one letter. */
const manyHeaders = Buffer.concat(Array<Buffer>(1000).fill(Buffer.from([0, 1, 0x61, 1, 0x62])));

/** Writes the frames that `make` returns for 0, 1, 2 and so on, as long as the server takes them. */
async function write(peer: RawHttp2, times: number, make: (n: number) => Buffer): Promise<void> {
  for (let sent = 0; sent < times; sent += framesPerWrite) {
    const count = Math.min(framesPerWrite, times - sent);
    const frames = Array.from({ length: count }, (_, n) => make(sent + n));
    if (!(await push(peer.socket, Buffer.concat(frames), () => isGivenUp(peer)))) return;
  }
}

/** Waits until all that was written has been read, which the answer to a ping shows. */
async function settle(peer: RawHttp2): Promise<void> {
  await push(peer.socket, frame(frameType.ping, 0, 0, Buffer.alloc(8)), () => isGivenUp(peer));
  await untilOrStuck(() => isGivenUp(peer) || isAnswered(peer));
}

function isGivenUp(peer: RawHttp2): boolean {
  return peer.isClosed || peer.frames.some(({ type }) => type === frameType.goAway);
}

function isAnswered(peer: RawHttp2): boolean {
  return peer.frames.some(({ type, flags }) => type === frameType.ping && flags === acknowledges);
}

/** What the server has said of the connection and its streams. */
function addTold(heard: Heard, peer: RawHttp2): void {
  for (const { type, payload } of peer.frames) {
    if (type === frameType.rstStream) heard.add(resets.get(payload.readUInt32BE()) ?? 'reset');
  }
  if (isGivenUp(peer)) heard.add('given up');
}

const resets: ReadonlyMap<number, string> = new Map([
  // After an answer that came before the end of the request.
  [constants.NGHTTP2_NO_ERROR, 'answered'],
  [constants.NGHTTP2_REFUSED_STREAM, 'refused'],
  [constants.NGHTTP2_ENHANCE_YOUR_CALM, 'cut off'],
]);

/** A flood of frames on one connection. `wanted` is what the server must say to it. */
function flood(options: {
  readonly name: string;
  readonly unit?: string;
  readonly short: number;
  readonly long: number;
  /** Each is enough; none: it goes on as if nothing were. */
  readonly wanted: readonly ('given up' | 'cut off' | 'refused' | 'answered')[];
  readonly make: (n: number) => Buffer;
}): Attack {
  const { name, unit = 'frames', short, long, wanted, make } = options;
  return {
    name,
    unit,
    short,
    long,
    async lay(victim, times): Promise<Siege> {
      const peer = new RawHttp2(victim.grpc);
      const heard = new Heard();
      await write(peer, times, make);
      await settle(peer);
      addTold(heard, peer);
      if (wanted.length === 0) expect([isAnswered(peer), heard.kinds]).toEqual([true, []]);
      else expect(heard.kinds.filter((kind) => (wanted as string[]).includes(kind))).not.toEqual([]);
      return { heard, lift: () => void peer.socket.destroy() };
    },
  };
}

export const floods: readonly Attack[] = [
  flood({
    name: 'rapid reset',
    unit: 'streams',
    short: 5_000,
    long: 100_000,
    wanted: ['given up'],
    make: (n) => Buffer.concat([headers(n), reset(n)]),
  }),
  flood({
    name: 'resets of streams that are closed',
    short: 10_000,
    long: 1_000_000,
    wanted: ['given up'],
    make: (n) => (n === 0 ? Buffer.concat([headers(0), reset(0)]) : reset(0)),
  }),
  flood({
    name: 'CONTINUATION without end',
    short: 1_000,
    long: 100_000,
    wanted: ['given up'],
    make: (n) =>
      n === 0 ? headers(0, 0) : frame(frameType.continuation, 0, 1, Buffer.from([0, 1, 0x61, 1, 0x62])),
  }),
  flood({
    name: 'empty CONTINUATION without end',
    short: 1_000,
    long: 100_000,
    wanted: ['given up'],
    make: (n) => (n === 0 ? headers(0, 0) : frame(frameType.continuation, 0, 1)),
  }),
  flood({
    name: 'SETTINGS',
    short: 20_000,
    long: 1_000_000,
    wanted: ['given up'],
    make: () => frame(frameType.settings, 0, 0, setting),
  }),
  flood({
    name: 'PING',
    short: 20_000,
    long: 1_000_000,
    wanted: ['given up'],
    make: () => frame(frameType.ping, 0, 0, Buffer.alloc(8)),
  }),
  flood({
    name: 'empty DATA',
    short: 20_000,
    long: 1_000_000,
    wanted: ['given up'],
    make: (n) => (n === 0 ? headers(0) : data(0, Buffer.alloc(0))),
  }),
  flood({
    name: 'DATA in crumbs',
    short: 5_000,
    long: 1_000_000,
    wanted: ['cut off'],
    make: (n) =>
      n === 0
        ? Buffer.concat([headers(0), data(0, grpcFrame(Buffer.alloc(0), 0, 4 << 20))])
        : data(0, Buffer.alloc(1)),
  }),
  flood({
    name: 'PRIORITY, WINDOW_UPDATE and unknown frames',
    short: 30_000,
    long: 1_000_000,
    wanted: [],
    make: (n) =>
      [
        frame(frameType.priority, 0, streamOf(n), Buffer.from([0, 0, 0, 0, 1])),
        frame(frameType.windowUpdate, 0, 0, word(1)),
        frame(0x55, 0, 0, Buffer.alloc(10)),
      ][n % 3]!,
  }),
  flood({
    name: 'more headers than fit the list',
    unit: 'requests',
    short: 100,
    long: 10_000,
    wanted: ['cut off'],
    make: (n) =>
      frame(
        frameType.headers,
        endHeaders | endStream,
        streamOf(n),
        Buffer.concat([grpcHeaders(path), manyHeaders]),
      ),
  }),
  flood({
    name: 'headers that unpack to megabytes (HPACK)',
    unit: 'requests',
    short: 100,
    long: 10_000,
    wanted: ['cut off'],
    make: (n) =>
      frame(
        frameType.headers,
        endHeaders | endStream,
        streamOf(n),
        Buffer.concat([grpcHeaders(path), hpackBomb]),
      ),
  }),
  flood({
    name: 'more streams than a connection may have',
    unit: 'streams',
    short: 1_500,
    long: 20_000,
    // The connection of who does not hear it is given up.
    wanted: ['refused', 'given up'],
    make: (n) => headers(n),
  }),
  flood({
    name: 'message after message on one stream',
    unit: 'messages of 10 kB',
    short: 500,
    long: 50_000,
    wanted: ['answered'],
    make: (n) =>
      Buffer.concat([n === 0 ? headers(0) : Buffer.alloc(0), data(0, grpcFrame(Buffer.alloc(10_000)))]),
  }),
  flood({
    name: 'messages that say that they are 4 GiB',
    unit: 'streams',
    short: 500,
    long: 20_000,
    wanted: ['answered'],
    make: (n) => Buffer.concat([headers(n), data(n, grpcFrame(Buffer.alloc(1000), 0, 0xffff_ffff))]),
  }),
  flood({
    name: 'bytes that are no HTTP/2',
    unit: 'lines',
    short: 1,
    long: 10_000,
    wanted: ['given up'],
    make: () => Buffer.from('GET / HTTP/1.1\r\n\r\n'),
  }),
];

const streamsPerConnection = 500;

/** Streams over many connections, all of which stay open. */
function openStreams(options: {
  readonly name: string;
  readonly unit: string;
  readonly short: number;
  readonly long: number;
  /** What a connection begins with. */
  readonly first?: Buffer;
  readonly perConnection?: number;
  readonly make: (n: number) => Iterable<Buffer>;
}): Attack {
  const { name, unit, short, long, first, perConnection = streamsPerConnection, make } = options;
  return {
    name,
    unit,
    short,
    long,
    async lay(victim, times): Promise<Siege> {
      const peers: RawHttp2[] = [];
      for (let opened = 0; opened < times; opened += perConnection) {
        const peer = new RawHttp2(victim.grpc);
        peers.push(peer);
        if (first !== undefined) peer.socket.write(first);
        const count = Math.min(perConnection, times - opened);
        const streams = Array.from({ length: count }, (_, n) => make(n)[Symbol.iterator]());
        // A piece of each in turn, as far as the server takes them.
        for (let isTaken = true; isTaken;) {
          const pieces = streams.map((stream) => stream.next().value as Buffer | undefined);
          if (pieces.every((piece) => piece === undefined)) break;
          for (const piece of pieces) if (piece !== undefined) isTaken = await push(peer.socket, piece);
        }
      }
      const heard = new Heard();
      return {
        heard,
        lift() {
          for (const peer of peers) {
            addTold(heard, peer);
            peer.socket.destroy();
          }
        },
      };
    },
  };
}

export const stalledWindows: Attack = openStreams({
  name: 'windows that let no answer pass',
  unit: 'requests',
  short: 500,
  long: 20_000,
  // INITIAL_WINDOW_SIZE of 0.
  first: frame(frameType.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0])),
  make: (n) => [Buffer.concat([headers(n), data(n, good, endStream)])],
});

export const streamsWithoutMessage: Attack = openStreams({
  name: 'streams on which nothing comes',
  unit: 'streams',
  short: 1_000,
  long: 20_000,
  make: (n) => [headers(n)],
});

const pieceBytes = 16_000;

export const unfinishedMessages: Attack = openStreams({
  name: 'messages that stay unfinished',
  unit: 'messages of 4 MiB',
  short: 10,
  long: 400,
  perConnection: 100,
  *make(n) {
    yield Buffer.concat([headers(n), data(n, grpcFrame(Buffer.alloc(0), 0, 4 << 20))]);
    const piece = data(n, Buffer.alloc(pieceBytes));
    for (let sent = pieceBytes; sent < 4 << 20; sent += pieceBytes) yield piece;
  },
});
