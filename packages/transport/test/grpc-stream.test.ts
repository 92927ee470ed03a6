import { once } from 'node:events';
import { Client, credentials, type ClientReadableStream, type StatusObject } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createUnaryServer,
  RpcError,
  type Server,
  type StreamMethod,
  type UnaryMethod,
} from '../src/index.js';
import { deferred, echo, echoPath, never, serving, testRuntime } from './helpers.js';

const watchPath = '/test.Echo/Watch';

async function startServer(
  method: StreamMethod,
): Promise<{ server: Server; address: string; runtime: ReturnType<typeof testRuntime> }> {
  const runtime = testRuntime();
  const server = createUnaryServer({
    runtime,
    endpoint: '127.0.0.1:0',
    methods: new Map<string, UnaryMethod | StreamMethod>([
      [watchPath, method],
      [echoPath, { handle: echo }],
    ]),
  });
  return { server, address: await serving(server), runtime };
}

/** A call by the stock client. */
function watch(address: string, message: string, deadlineMs?: number): ClientReadableStream<Buffer> {
  const client = new Client(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 });
  onTestFinished(() => client.close());
  const call = client.makeServerStreamRequest(
    watchPath,
    (text: string) => Buffer.from(text),
    (bytes: Buffer) => bytes,
    message,
    deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs },
  );
  // The end of a call is read from its status.
  call.on('error', () => {});
  return call;
}

/** `once` would take the error that comes beside it for its own. */
function statusOf(call: ClientReadableStream<Buffer>): Promise<StatusObject> {
  return new Promise((resolve) => call.once('status', resolve));
}

/** All messages of a call, and how it ended. */
async function outcomeOf(call: ClientReadableStream<Buffer>): Promise<[string[], number, string]> {
  const texts: string[] = [];
  call.on('data', (bytes: Buffer) => texts.push(bytes.toString()));
  const status = await statusOf(call);
  return [texts, status.code, status.details];
}

describe('a method that streams', () => {
  it('answers one request with messages, in their order, and ends', async () => {
    const { address } = await startServer({
      async *stream({ message, peer }) {
        yield Buffer.from(`${Buffer.from(message).toString()} from ${peer.split(':')[0]}`);
        for (let n = 0; n < 100; n++) yield Buffer.from(String(n));
        yield new Uint8Array();
      },
    });
    const numbers = Array.from({ length: 100 }, (_, n) => String(n));
    expect(await outcomeOf(watch(address, 'hello'))).toEqual([
      ['hello from 127.0.0.1', ...numbers, ''],
      0,
      'OK',
    ]);
  });

  it('may answer with nothing', async () => {
    const { address } = await startServer({ async *stream() {} });
    expect(await outcomeOf(watch(address, ''))).toEqual([[], 0, 'OK']);
  });

  it('sends each message when it is there', async () => {
    const next = deferred();
    const { address } = await startServer({
      async *stream() {
        yield Buffer.from('first');
        await next.promise;
        yield Buffer.from('second');
      },
    });
    const call = watch(address, '');
    expect(String(((await once(call, 'data')) as [Buffer])[0])).toBe('first');
    next.resolve();
    expect(String(((await once(call, 'data')) as [Buffer])[0])).toBe('second');
  });

  it('ends with the status that it throws', async () => {
    const { address, runtime } = await startServer({
      async *stream() {
        yield Buffer.from('a');
        throw new RpcError({ code: 1, message: 'shutting down' });
      },
    });
    expect(await outcomeOf(watch(address, ''))).toEqual([['a'], 1, 'shutting down']);
    expect(runtime.lines).toEqual([]);
  });

  it('is INTERNAL where it throws anything else, and the log says what', async () => {
    const { address, runtime } = await startServer({
      stream() {
        throw new Error('a secret');
      },
    });
    expect(await outcomeOf(watch(address, ''))).toEqual([[], 13, 'internal error']);
    expect(runtime.lines).toEqual([
      { level: 'error', message: 'handler threw', fields: { path: watchPath, error: 'a secret' } },
    ]);
  });

  it('can be refused before its request is read', async () => {
    let isCalled = false;
    const { address } = await startServer({
      admit: () => ({ code: 14, message: 'no room' }),
      async *stream() {
        isCalled = true;
        yield new Uint8Array();
      },
    });
    expect(await outcomeOf(watch(address, ''))).toEqual([[], 14, 'no room']);
    expect(isCalled).toBe(false);
  });
});

describe('a stream whose caller is gone', () => {
  /** One that yields when the test says so, and tells that it has ended. */
  function endless() {
    const started = deferred();
    const ended = deferred<string>();
    const method: StreamMethod = {
      async *stream({ signal }) {
        try {
          yield Buffer.from('a');
          started.resolve();
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('gone'))));
        } finally {
          ended.resolve(signal.aborted ? 'aborted' : 'not aborted');
        }
      },
    };
    return { method, started, ended };
  }

  it.each<[string, (call: ClientReadableStream<Buffer>) => void, number | undefined]>([
    ['cancels', (call) => call.cancel(), undefined],
    ['has a deadline', () => {}, 200],
  ])('is told when the caller %s', async (_, leave, deadlineMs) => {
    const { method, started, ended } = endless();
    const { address, runtime } = await startServer(method);
    const call = watch(address, '', deadlineMs);
    call.resume();
    await started.promise;
    leave(call);
    expect(await ended.promise).toBe('aborted');
    // What the method threw has reached the server a turn of the loop later.
    await new Promise((resolve) => setImmediate(resolve));
    expect(runtime.lines).toEqual([]);
  });

  it('ends although the method would go on', async () => {
    const started = deferred();
    const ended = deferred<number>();
    const { address } = await startServer({
      async *stream({ signal }) {
        let yielded = 1;
        try {
          yield Buffer.from('a');
          started.resolve();
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          for (; yielded < 100; yielded++) yield Buffer.from('b');
        } finally {
          ended.resolve(yielded);
        }
      },
    });
    const call = watch(address, '');
    call.resume();
    await started.promise;
    call.cancel();
    expect(await ended.promise).toBe(1);
  });

  it('asks for no more messages than the caller takes', async () => {
    let asked = 0;
    const ended = deferred();
    const { address } = await startServer({
      async *stream() {
        try {
          for (; asked < 1000; asked++) yield Buffer.alloc(1 << 20);
        } finally {
          ended.resolve();
        }
      },
    });
    const call = watch(address, '');
    // It reads one message and no more: the window of the stream fills up.
    await once(call, 'readable');
    call.read();
    call.cancel();
    await ended.promise;
    expect(asked).toBeLessThan(100);
  });

  it('is waited for by `close`, and cut when the grace is over', async () => {
    const { method, started, ended } = endless();
    const { address, server } = await startServer(method);
    const call = watch(address, '');
    call.resume();
    await started.promise;
    const grace = new AbortController();
    let isClosed = false;
    const closed = server.close(grace.signal).then(() => (isClosed = true));
    // A turn of the loop and more: a server that did not wait would be closed.
    await statusOf(watch(address, 'refused'));
    expect(isClosed).toBe(false);
    grace.abort();
    await closed;
    expect(await ended.promise).toBe('aborted');
    await server.close(never);
  });
});
