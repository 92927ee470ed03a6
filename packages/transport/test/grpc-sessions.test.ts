import { once } from 'node:events';
import http2 from 'node:http2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createUnaryServer, type UnaryMethod } from '../src/index.js';
import {
  acknowledges,
  endHeaders,
  endStream,
  frame,
  frameType,
  grpcFrame,
  grpcHeaders,
  RawHttp2,
} from '../../../test/support/raw-http2.js';
import { deferred, echo, echoPath, method, serving, testRuntime } from './helpers.js';

/** A server by a clock that stands still until it is told. */
async function startServer(
  methods: ReadonlyMap<string, UnaryMethod> = method(echo),
): Promise<{ address: string; pass: (seconds: number) => void }> {
  const { clock, ...rest } = testRuntime();
  let now = 0;
  const looks = new Set<() => unknown>();
  const server = createUnaryServer({
    runtime: {
      ...rest,
      clock: {
        ...clock,
        monotonic: () => now,
        every(_, look) {
          looks.add(look);
          return { stop: () => void looks.delete(look) };
        },
      },
    },
    endpoint: '127.0.0.1:0',
    methods,
  });
  return {
    address: await serving(server),
    pass(seconds) {
      for (let second = 0; second < seconds; second += 10) {
        now += 10_000;
        for (const look of looks) look();
      }
    },
  };
}

/** A client whose connection is known to the server. */
async function connected(address: string): Promise<RawHttp2> {
  const peer = new RawHttp2(address);
  await peer.next(({ type, flags }) => type === frameType.settings && flags === acknowledges);
  return peer;
}

/** By a ping, whose answer shows that all before it was read. */
async function saySomething(peer: RawHttp2): Promise<void> {
  peer.socket.write(frame(frameType.ping, 0, 0, Buffer.alloc(8)));
  await peer.next(({ type, flags }) => type === frameType.ping && flags === acknowledges);
}

const call = frame(frameType.headers, endHeaders, 1, grpcHeaders(echoPath));
const isReset = ({ type }: { readonly type: number }): boolean => type === frameType.rstStream;
const isPing = ({ type, flags }: { readonly type: number; readonly flags: number }): boolean =>
  type === frameType.ping && flags === 0;

describe('a connection that is silent', () => {
  it('is asked after a minute, once, and stays if it answers', async () => {
    const { address, pass } = await startServer();
    const client = http2.connect(`http://${address}`);
    onTestFinished(() => client.destroy());
    let pings = 0;
    client.on('ping', () => pings++);
    await once(client, 'remoteSettings');
    const ping = (): Promise<unknown> => new Promise((resolve) => client.ping(resolve));
    await ping();
    pass(50);
    await ping();
    expect(pings).toBe(0);
    pass(70);
    // What it wrote before has been read when this is answered.
    await ping();
    expect(pings).toBe(1);
    expect(client.destroyed).toBe(false);
  });

  it('is closed 20 seconds later if it does not answer', async () => {
    const { address, pass } = await startServer();
    const peer = await connected(address);
    pass(80);
    await peer.next(isPing);
    pass(20);
    expect(await peer.next(() => false)).toBeUndefined();
  });

  it('is closed, too, where the server has given it up for a flood', async () => {
    const { address, pass } = await startServer();
    const peer = await connected(address);
    const cancel = frame(frameType.rstStream, 0, 1, Buffer.from([0, 0, 0, 8]));
    peer.socket.write(Buffer.concat([call, ...Array<Buffer>(2000).fill(cancel)]));
    await peer.next(({ type }) => type === frameType.goAway);
    expect(peer.isClosed).toBe(false);
    pass(100);
    expect(await peer.next(() => false)).toBeUndefined();
  });
});

describe('a request that does not arrive', () => {
  it('is refused after five minutes, so that it is sent again', async () => {
    const { address, pass } = await startServer();
    const peer = await connected(address);
    peer.socket.write(Buffer.concat([call, frame(frameType.data, 0, 1, grpcFrame(Buffer.alloc(9), 0, 100))]));
    for (let seconds = 0; seconds < 290; seconds += 10) {
      await saySomething(peer);
      pass(10);
    }
    await saySomething(peer);
    expect(peer.frames.some(isReset)).toBe(false);
    pass(10);
    const reset = await peer.next(isReset);
    expect(reset?.payload.readUInt32BE()).toBe(http2.constants.NGHTTP2_REFUSED_STREAM);
  });

  it('is refused where there is no room for more of it', async () => {
    let hasRoom = true;
    const { address } = await startServer(
      method(echo, () => (hasRoom ? undefined : { code: 14, message: 'no room' })),
    );
    const peer = await connected(address);
    peer.socket.write(
      Buffer.concat([call, frame(frameType.data, 0, 1, grpcFrame(Buffer.alloc(0), 0, 4 << 20))]),
    );
    await saySomething(peer);
    hasRoom = false;
    for (let sent = 0; sent < 1 << 20; sent += 1 << 14) {
      peer.socket.write(frame(frameType.data, 0, 1, Buffer.alloc(1 << 14)));
    }
    const reset = await peer.next(isReset);
    expect(reset?.payload.readUInt32BE()).toBe(http2.constants.NGHTTP2_REFUSED_STREAM);
  });

  it('is no request that has arrived and waits for its answer', async () => {
    const answer = deferred<Uint8Array>();
    const { address, pass } = await startServer(method(() => answer.promise));
    const peer = await connected(address);
    peer.socket.write(
      Buffer.concat([call, frame(frameType.data, endStream, 1, grpcFrame(Buffer.from('a')))]),
    );
    for (let minutes = 0; minutes < 10; minutes++) {
      await saySomething(peer);
      pass(60);
    }
    answer.resolve(Buffer.from('b'));
    expect((await peer.next(({ type }) => type === frameType.data))?.payload.subarray(5).toString()).toBe(
      'b',
    );
  });
});

describe('an answer that is not taken', () => {
  it('is given up after half a minute', async () => {
    const { address, pass } = await startServer();
    const peer = await connected(address);
    // A window of nothing.
    peer.socket.write(frame(frameType.settings, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0])));
    peer.socket.write(
      Buffer.concat([call, frame(frameType.data, endStream, 1, grpcFrame(Buffer.from('a')))]),
    );
    await peer.next(({ type, stream }) => type === frameType.headers && stream === 1);
    pass(30);
    expect(peer.frames.some(isReset)).toBe(false);
    pass(10);
    const reset = await peer.next(isReset);
    expect(reset?.payload.readUInt32BE()).toBe(http2.constants.NGHTTP2_CANCEL);
  });
});
