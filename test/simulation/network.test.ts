import { systemRuntime } from '@tributary/collector';
import {
  createUnaryClient,
  createUnaryServer,
  RpcError,
  type Transport,
  type UnaryClient,
  type UnaryMethod,
} from '@tributary/transport';
import { virtualClock, type VirtualClock } from '@tributary/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { codes } from './call.js';
import type { Link } from './link.js';
import { Network, type Host } from './network.js';
import { Random } from './random.js';

const watcher = { sent() {}, arrived() {}, handled() {}, heard() {} };
const runtime = systemRuntime({ logger: { debug() {}, info() {}, warn() {}, error() {} } });
const hello = Buffer.from('hello');
const path = '/test.Echo/Call';
const tls = { insecure: true, insecure_skip_verify: false };

/** The same calls over sockets and over the simulated network, which must not tell its guests apart. */
const transports: readonly [
  string,
  () => {
    readonly transport: Pick<Transport, 'createUnaryServer' | 'createUnaryClient'>;
    readonly endpoint: string;
  },
][] = [
  ['sockets', () => ({ transport: { createUnaryServer, createUnaryClient }, endpoint: '127.0.0.1:0' })],
  [
    'the simulated network',
    () => ({
      transport: new Network(runtime.clock, new Random(1), watcher).host('here').transport(),
      endpoint: 'here:4317',
    }),
  ],
];

describe.each(transports)('unary calls over %s', (_, open) => {
  const endings: (() => void | Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  async function serve(
    method: UnaryMethod,
    { maxMessageBytes }: { readonly maxMessageBytes?: number } = {},
  ): Promise<{ readonly client: UnaryClient; readonly close: (grace: AbortSignal) => Promise<void> }> {
    const { transport, endpoint } = open();
    const server = transport.createUnaryServer({
      runtime,
      endpoint,
      methods: new Map([[path, method]]),
      maxMessageBytes,
    });
    const address = await server.listen();
    const client = transport.createUnaryClient({ runtime, endpoint: address, tls });
    endings.push(
      () => server.close(AbortSignal.abort()),
      () => client.close(),
    );
    return { client, close: (grace) => server.close(grace) };
  }

  /** The code that a call ends with. */
  async function codeOf(call: Promise<Uint8Array>): Promise<number> {
    try {
      await call;
      return 0;
    } catch (error) {
      if (!RpcError.is(error)) throw error;
      return error.code;
    }
  }

  /** A method that answers when it is told to. */
  function patient(): UnaryMethod & Record<'asked' | 'left', Promise<void>> & { answer(): void } {
    let ask = (): void => {};
    let leave = (): void => {};
    let answer = (): void => {};
    return {
      asked: new Promise((resolve) => (ask = resolve)),
      left: new Promise((resolve) => (leave = resolve)),
      answer: () => answer(),
      handle({ signal, message }) {
        ask();
        signal.addEventListener('abort', leave);
        return new Promise((resolve) => (answer = () => resolve(message)));
      },
    };
  }

  it('carry the message there and the answer back, with metadata and where it came from', async () => {
    const { client } = await serve({
      handle: ({ message, metadata, peer }) =>
        Buffer.from(`${String(Buffer.from(message))} ${metadata.get('tenant')?.[0]} ${/:\d+$/.test(peer)}`),
    });
    const answer = await client.call(path, hello, { metadata: new Map([['tenant', ['a']]]) });
    expect(String(Buffer.from(answer))).toBe('hello a true');
  });

  it('carry code, message and details of a failure', async () => {
    const details = Buffer.from('details');
    const { client } = await serve({
      handle() {
        throw new RpcError({ code: codes.resourceExhausted, message: 'no', details });
      },
    });
    const error = await client.call(path, hello).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: codes.resourceExhausted });
    expect(String(error)).toContain('no');
    expect(Buffer.from((error as RpcError).details!)).toEqual(details);
  });

  it.each<[string, UnaryMethod, string, number]>([
    ['a method that nobody has', { handle: () => hello }, '/test.Echo/Other', codes.unimplemented],
    [
      'an exception, without its text',
      { handle: () => Promise.reject(new Error('x')) },
      path,
      codes.internal,
    ],
    [
      'a refusal before the message is read',
      { admit: () => ({ code: codes.unavailable, message: 'full' }), handle: () => hello },
      path,
      codes.unavailable,
    ],
  ])('answer %s with its code', async (_case, method, called, code) => {
    const { client } = await serve(method);
    expect(await codeOf(client.call(called, hello))).toBe(code);
  });

  it('refuse a message that is too large', async () => {
    const { client } = await serve({ handle: () => hello }, { maxMessageBytes: 4 });
    expect(await codeOf(client.call(path, hello))).toBe(codes.resourceExhausted);
  });

  it('end with their deadline, of which the server hears', async () => {
    const method = patient();
    const { client } = await serve(method);
    expect(await codeOf(client.call(path, hello, { timeoutMs: 100 }))).toBe(codes.deadlineExceeded);
    await method.left;
  });

  it('end when the caller gives up, of which the server hears', async () => {
    const method = patient();
    const { client } = await serve(method);
    const caller = new AbortController();
    const code = codeOf(client.call(path, hello, { signal: caller.signal }));
    await method.asked;
    caller.abort();
    expect(await code).toBe(codes.cancelled);
    await method.left;
    expect(await codeOf(client.call(path, hello, { signal: caller.signal }))).toBe(codes.cancelled);
  });

  it('are cancelled when their client closes, and not made any more', async () => {
    const method = patient();
    const { client } = await serve(method);
    const code = codeOf(client.call(path, hello));
    await method.asked;
    client.close();
    expect(await code).toBe(codes.cancelled);
    expect(await codeOf(client.call(path, hello))).toBe(codes.cancelled);
  });

  it('are answered while their server closes, which then takes no more', async () => {
    const method = patient();
    const { client, close } = await serve(method);
    const call = client.call(path, hello);
    await method.asked;
    const closed = close(new AbortController().signal);
    expect(await codeOf(client.call(path, hello, { timeoutMs: 2_000 }))).toBe(codes.unavailable);
    method.answer();
    expect(Buffer.from(await call)).toEqual(hello);
    await closed;
  });

  it('are cut when the grace of their server ends', async () => {
    const method = patient();
    const { client, close } = await serve(method);
    const code = codeOf(client.call(path, hello));
    await method.asked;
    await close(AbortSignal.abort());
    expect(await code).toBe(codes.unavailable);
  });
});

type Ending = number | 'taken' | 'nothing';

interface Pair {
  readonly client: Host;
  readonly server: Host;
  readonly link: Link;
  readonly clock: VirtualClock;
  /** Messages that the server was asked with. */
  readonly asked: readonly string[];
  /** Asks how the call ended. */
  readonly send: (message?: string) => () => Ending;
}

/** A client, and a server that answers after a second. */
async function pair(): Promise<Pair> {
  const clock = virtualClock();
  const network = new Network(clock, new Random(1), watcher);
  const client = network.host('client');
  const server = network.host('server');
  const asked: string[] = [];
  const method: UnaryMethod = {
    async handle({ message }) {
      asked.push(String(Buffer.from(message)));
      await clock.sleep(1_000);
      return message;
    },
  };
  const virtual = { ...runtime, clock };
  const endpoint = 'server:1';
  await server
    .transport()
    .createUnaryServer({ runtime: virtual, endpoint, methods: new Map([[path, method]]) })
    .listen();
  const unary = client.transport().createUnaryClient({ runtime: virtual, endpoint, tls });
  return {
    client,
    server,
    link: network.link(client, server),
    clock,
    asked,
    send(message = 'hello') {
      let ending: Ending = 'nothing';
      unary.call(path, Buffer.from(message), { timeoutMs: 30_000 }).then(
        () => (ending = 'taken'),
        ({ code }: RpcError) => (ending = code),
      );
      return () => ending;
    },
  };
}

describe('the simulated network', () => {
  const { unavailable, deadlineExceeded } = codes;

  it('delivers in order, however long each message takes', async () => {
    const { link, clock, asked, send } = await pair();
    link.conditions = { minMs: 0, maxMs: 1_000, loss: 0, breaks: 0 };
    const messages = Array.from({ length: 20 }, (_, i) => String(i));
    const endings = messages.map((message) => send(message));
    await clock.advance('10s');
    expect(asked).toEqual(messages);
    expect(new Set(endings.map((ending) => ending()))).toEqual(new Set(['taken']));
  });

  it.each<[string, { readonly loss: number; readonly breaks: number }, Ending]>([
    ['vanish', { loss: 1, breaks: 0 }, deadlineExceeded],
    ['break their connection', { loss: 0, breaks: 1 }, unavailable],
  ])('has messages that %s', async (_case, conditions, ending) => {
    const { link, clock, asked, send } = await pair();
    link.conditions = { minMs: 1, maxMs: 1, ...conditions };
    const call = send();
    await clock.advance('1m');
    expect(call()).toBe(ending);
    expect(asked).toEqual([]);
  });

  it.each<[string, (pair: Pair) => void, Ending, Ending]>([
    ['a cut is heard of, and over', ({ link }) => link.cut(), unavailable, 'taken'],
    ['a partition is not heard of', ({ link }) => (link.isSilent = true), deadlineExceeded, deadlineExceeded],
    ['the death of a process is heard of', ({ server }) => server.die('process'), unavailable, unavailable],
    [
      'the death of a machine is not heard of',
      ({ server }) => server.die('machine'),
      deadlineExceeded,
      deadlineExceeded,
    ],
  ])('%s: by calls that are under way, and by later ones', async (_case, happen, first, later) => {
    const both = await pair();
    const { clock, asked, send } = both;
    const before = send('before');
    await clock.advance(500);
    expect(asked).toEqual(['before']);
    happen(both);
    const after = send('after');
    await clock.advance('1m');
    expect([before(), after()]).toEqual([first, later]);
    expect(asked).toHaveLength(later === 'taken' ? 2 : 1);
  });

  it('carries nothing more for a process that is dead, and tells it nothing', async () => {
    const { client, clock, asked, send } = await pair();
    const before = send('before');
    await clock.advance(500);
    client.die('process');
    const after = send('after');
    await clock.advance('1m');
    expect([before(), after()]).toEqual(['nothing', 'nothing']);
    expect(asked).toEqual(['before']);
  });
});
