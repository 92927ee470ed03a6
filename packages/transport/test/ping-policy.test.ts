import { once } from 'node:events';
import http2, { type ClientHttp2Session } from 'node:http2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createUnaryServer, type PingEnforcement, type UnaryMethod } from '../src/index.js';
import { deferred, echo, echoPath, method, serving, testRuntime } from './helpers.js';
import { frame, frameType, grpcFrame, RawHttp2 } from '../../../test/support/raw-http2.js';

interface Pinging {
  readonly session: ClientHttp2Session;
  /** Pings after so much time, and waits for the answer. */
  readonly ping: (afterMs: number) => Promise<void>;
}

async function connect(
  enforcement: PingEnforcement | undefined,
  handle: UnaryMethod['handle'] = echo,
): Promise<Pinging> {
  const { clock, ...rest } = testRuntime();
  let now = 0;
  const server = createUnaryServer({
    runtime: { ...rest, clock: { ...clock, monotonic: () => now } },
    endpoint: '127.0.0.1:0',
    methods: method(handle),
    keepalive: { enforcement },
  });
  const session = http2.connect(`http://${await serving(server)}`);
  onTestFinished(() => session.destroy());
  session.on('error', () => {});
  await once(session, 'connect');
  const ping = (afterMs: number): Promise<void> => {
    now += afterMs;
    return new Promise((resolve, reject) =>
      session.ping((error) => (error === null ? resolve() : reject(error))),
    );
  };
  return { session, ping };
}

/** Begins a call; `ended` resolves with its answer. */
function callOn(session: ClientHttp2Session): { ended: Promise<unknown> } {
  const stream = session.request({
    ':method': 'POST',
    ':path': echoPath,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.on('error', () => {}).resume();
  stream.end(grpcFrame(Buffer.from('a')));
  return { ended: once(stream, 'close') };
}

/** Waits for the end of a connection that pings once too often. */
async function expectGoAway({ session, ping }: Pinging, afterMs: number): Promise<void> {
  const closed = new Promise((resolve) => session.once('close', resolve));
  const told = new Promise((resolve) =>
    session.once('goaway', (code, _, data) => resolve([code, data?.toString()])),
  );
  // Answered or cut off: its acknowledgement may be on its way before the end.
  await ping(afterMs).catch(() => {});
  expect(await told).toEqual([http2.constants.NGHTTP2_ENHANCE_YOUR_CALM, 'too_many_pings']);
  await closed;
}

describe('a client that pings', () => {
  const tenSeconds = { minTimeMs: 10_000, permitWithoutStream: true };

  it('too often for the third time loses its connection', async () => {
    const client = await connect(tenSeconds);
    for (let n = 0; n < 3; n++) await client.ping(9_999);
    await expectGoAway(client, 9_999);
  });

  it('too often is cut off also where it takes no notice', async () => {
    const address = await serving(
      createUnaryServer({
        runtime: testRuntime(),
        endpoint: '127.0.0.1:0',
        methods: method(echo),
        keepalive: { enforcement: { minTimeMs: 60_000, permitWithoutStream: true } },
      }),
    );
    const peer = new RawHttp2(address);
    for (let n = 0; n < 4; n++) peer.socket.write(frame(frameType.ping, 0, 0, Buffer.alloc(8)));
    expect(await peer.next(({ type }) => type === frameType.goAway)).toBeDefined();
    expect(await peer.next(() => false)).toBeUndefined();
    expect(peer.isClosed).toBe(true);
  });

  it('as often as it may keeps its connection', async () => {
    const { ping } = await connect(tenSeconds);
    for (let n = 0; n < 20; n++) await ping(10_000);
  });

  it('without a call may do so every two hours, unless the policy says otherwise', async () => {
    const client = await connect({ minTimeMs: 10_000, permitWithoutStream: false });
    for (let n = 0; n < 5; n++) await client.ping(7_200_000);
    for (let n = 0; n < 2; n++) await client.ping(7_199_999);
    await expectGoAway(client, 7_199_999);
  });

  it('during a call may do so by the least time', async () => {
    const answer = deferred<Uint8Array>();
    const { session, ping } = await connect(
      { minTimeMs: 10_000, permitWithoutStream: false },
      () => answer.promise,
    );
    const { ended } = callOn(session);
    for (let n = 0; n < 20; n++) await ping(10_000);
    answer.resolve(Buffer.from('b'));
    await ended;
  });

  it('is forgiven with the end of every call', async () => {
    const { session, ping } = await connect(tenSeconds);
    for (let n = 0; n < 20; n++) {
      await ping(0);
      await callOn(session).ended;
    }
  });

  it('at will is let be where there is no policy', async () => {
    const { ping } = await connect(undefined);
    for (let n = 0; n < 20; n++) await ping(0);
  });
});
