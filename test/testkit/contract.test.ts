import { open } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import {
  background,
  ConsumeError,
  declarationOf,
  defineConnector,
  defineExporter,
  defineExtension,
  defineProcessor,
  defineReceiver,
  definitionOf,
  type AnyFactory,
  type Batch,
  type Component,
  type Consumer,
  type ProcessorSettings,
  type Signal,
  type Timer,
} from '@tributary/component';
import { Traces } from '@tributary/pdata';
import {
  contractSuite,
  memoryExporter,
  registerChecks,
  testServer,
  type ContractOptions,
  type ContractRemote,
  type ContractRule,
  type MemorySink,
  type TestServer,
} from '@tributary/testkit';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { sendByHttp } from '../contract/clients.js';

const config = z.strictObject({});
type Part = Component & Consumer<'traces'>;
type Make = (settings: ProcessorSettings<Record<string, never>, 'traces'>) => Part;

/** The rules that a processor breaks, in the order of the suite. */
async function brokenBy(
  make: Make,
  outcome: 'carried' | 'held' = 'carried',
): Promise<readonly ContractRule[]> {
  const factory = defineProcessor({ type: 'subject', config, traces: make });
  return brokenRules({ factory, create: () => factory(), outcome });
}

async function brokenRules<R extends ContractRemote>(options: ContractOptions<R>): Promise<ContractRule[]> {
  const broken: ContractRule[] = [];
  for (const { rule, run } of contractSuite(options)) await run().catch(() => broken.push(rule));
  return broken;
}

/** A processor that is right. */
const pass: Make = ({ next }) => {
  let isClosed = false;
  return {
    consume(traces, context) {
      if (isClosed) throw new ConsumeError('refused', 'shut down');
      return next.consume(traces, context);
    },
    shutdown: () => void (isClosed = true),
  };
};

/** One that accepts at once and answers for the data itself, and is right. */
const hold: Make = ({ next, clock, ledger }) => {
  const waiting: Batch<'traces'>[] = [];
  let isClosed = false;
  let isReleased = false;
  let flushing: Promise<void> | undefined;
  ledger.held(() => waiting.reduce((sum, { itemCount }) => sum + itemCount, 0));

  async function flush(): Promise<void> {
    for (let first = waiting[0]; first !== undefined && !isReleased; first = waiting[0]) {
      try {
        await next.consume(first.clone(), background);
      } catch (error) {
        if (!ConsumeError.is(error)) throw error;
        if (error.kind !== 'permanent') {
          await clock.sleep(error.retryAfterMs ?? 10);
          continue;
        }
        if (error.rejected === undefined) ledger.dropped(first.itemCount, 'all');
        else ledger.dropped(error.rejected.itemCount, 'a part');
      }
      waiting.shift();
    }
  }

  return {
    consume(traces) {
      if (isClosed) throw new ConsumeError('refused', 'shut down');
      waiting.push(traces);
      flushing ??= flush().finally(() => (flushing = undefined));
    },
    async shutdown(grace) {
      isClosed = true;
      let letGo = (): void => {};
      const released = new Promise<void>((resolve) => (letGo = resolve));
      grace.addEventListener('abort', letGo);
      if (grace.aborted) letGo();
      await Promise.race([flushing, released]);
      isReleased = grace.aborted;
      grace.removeEventListener('abort', letGo);
    },
  };
};

describe('a component that is right breaks no rule', () => {
  it('a processor that carries the outcome', async () => {
    expect(await brokenBy(pass)).toEqual([]);
  });

  it('a processor that holds', async () => {
    expect(await brokenBy(hold, 'held')).toEqual([]);
  });

  it('a processor in the short form', async () => {
    const factory = defineProcessor({
      type: 'short',
      config,
      traces: () => ({ process() {} }),
      metrics: () => ({ process: (metrics) => metrics.take(metrics.itemCount) }),
      logs: () => ({ process: (logs) => Promise.resolve(logs) }),
      profiles: () => ({ process() {} }),
    });
    expect(await brokenRules({ factory, create: () => factory() })).toEqual([]);
  });

  it('a receiver', async () => {
    const factory = defineReceiver({
      type: 'door',
      config,
      handle: (): { next: Consumer<'logs'> | undefined } => ({ next: undefined }),
      logs: ({ handle, next }) => {
        handle.next = next;
        return { shutdown: () => void (handle.next = undefined) };
      },
    });
    let door = factory();
    const options: ContractOptions = {
      factory,
      create: () => (door = factory()),
      async send(batch) {
        if (door.next === undefined) throw new ConsumeError('refused', 'closed');
        await door.next.consume(batch as Batch<'logs'>, background);
      },
    };
    expect(contractSuite(options).map(({ rule }) => rule)).toContain(
      'loses nothing when it shuts down under load',
    );
    expect(await brokenRules(options)).toEqual([]);
  });

  it('an exporter, with and without a far end', async () => {
    const remote = (): Promise<ContractRemote & { next: Consumer<'traces'> }> => {
      const sink = memoryExporter();
      const make = definitionOf(memoryExporter).parts.traces!;
      const { handle, config: completed } = declarationOf(sink);
      const next = make({ handle, config: completed } as never) as Consumer<'traces'>;
      return Promise.resolve(Object.assign(handle as MemorySink, { next, close: () => Promise.resolve() }));
    };
    let far: Consumer<'traces'> | undefined;
    const factory = defineExporter({
      type: 'wire',
      config,
      traces: () => {
        let next = far;
        return {
          consume(traces, context) {
            if (next === undefined) throw new ConsumeError('refused', 'closed');
            return next.consume(traces, context);
          },
          shutdown: () => void (next = undefined),
        };
      },
    });
    const create = (end: Awaited<ReturnType<typeof remote>>): object => {
      far = end.next;
      return factory();
    };
    expect(await brokenRules({ factory, create, remote })).toEqual([]);
    const rules = contractSuite({ factory, create: () => factory() }).map(({ rule }) => rule);
    expect(rules).toContain('accepts');
    expect(rules).not.toContain('passes every item on, once');
    expect(await brokenRules({ factory, create: () => factory() })).toEqual([]);
  });

  it('a receiver and an exporter with sockets', async () => {
    const receiver = defineReceiver({
      type: 'http',
      config,
      traces: ({ next }) => {
        const server = createHttpServer((request, response) => {
          void json(request).then(async (body) => {
            const answer = (status: number, reply: object): void =>
              void response.writeHead(status, { 'retry-after': '2' }).end(JSON.stringify(reply));
            try {
              await next.consume(Traces.fromJson(JSON.stringify(body)), background);
              answer(200, {});
            } catch (error) {
              if (!ConsumeError.is(error)) throw error;
              const { kind, rejected, status, message } = error;
              if (rejected === undefined) answer(kind === 'permanent' ? 403 : 503, status ?? { message });
              else answer(200, { partialSuccess: { rejectedSpans: String(rejected.itemCount) } });
            }
          });
        });
        let started: Promise<void> | undefined;
        return {
          start: (host) =>
            (started ??= new Promise((resolve) =>
              server.listen(0, '127.0.0.1', () => {
                host.listening('http', `127.0.0.1:${(server.address() as AddressInfo).port}`);
                resolve();
              }),
            )),
          async shutdown(grace) {
            await started;
            const cut = (): void => server.closeAllConnections();
            grace.addEventListener('abort', cut);
            if (grace.aborted) cut();
            await new Promise((resolve) => server.close(resolve));
            grace.removeEventListener('abort', cut);
          },
        };
      },
    });
    const send: ContractOptions['send'] = (batch, { http }) => sendByHttp(batch, http!);
    expect(await brokenRules({ factory: receiver, create: () => receiver(), send })).toEqual([]);

    const exporter = defineExporter({
      type: 'http',
      config: z.strictObject({ address: z.string() }),
      traces: ({ config: { address } }) => {
        let isClosed = false;
        return {
          async consume(traces) {
            if (isClosed) throw new ConsumeError('refused', 'shut down');
            const copy = traces.clone();
            const rejected = await sendByHttp(traces, address);
            if (rejected === 0) return;
            copy.take(copy.itemCount - rejected);
            throw new ConsumeError('permanent', 'rejected', { rejected: copy });
          },
          shutdown: () => void (isClosed = true),
        };
      },
    });
    const create = (far: TestServer): object => exporter({ address: new URL(far.http).host });
    expect(await brokenRules({ factory: exporter, create, remote: () => testServer() })).toEqual([]);
  });

  it('a connector from a signal to itself, and one to another', async () => {
    const forward = defineConnector({
      type: 'forward',
      config,
      logs: { logs: ({ next }) => ({ consume: (logs, context) => next.consume(logs, context) }) },
    });
    const count = defineConnector({ type: 'count', config, logs: { metrics: () => ({ consume() {} }) } });
    const rulesOf = (factory: AnyFactory): ContractRule[] =>
      contractSuite({ factory, create: () => ({}) }).map(({ rule }) => rule);
    expect(rulesOf(forward)).toContain('passes every item on, once');
    expect(rulesOf(count)).not.toContain('passes every item on, once');
    const names = contractSuite({ factory: count, create: () => ({}) }).map(({ name }) => name);
    expect(names).toContain('count (logs to metrics) accepts');
    expect(await brokenRules({ factory: forward, create: () => forward() })).toEqual([]);
    expect(await brokenRules({ factory: count, create: () => count() })).toEqual([]);
  });

  it('an extension', async () => {
    const factory = defineExtension({ type: 'idle', config, create: () => ({}) });
    expect(contractSuite({ factory, create: () => factory() })).toHaveLength(8);
    expect(await brokenRules({ factory, create: () => factory() })).toEqual([]);
  });
});

/** What components of this file leave open. */
const opened: { close(): unknown }[] = [];

/** A component that is right but for what it does on its first use. */
function onFirstUse(settings: Parameters<Make>[0], work: () => unknown): Part {
  const good = pass(settings);
  let isFirst = true;
  return {
    ...good,
    async consume(traces, context) {
      if (isFirst) {
        isFirst = false;
        await work();
      }
      await good.consume(traces, context);
    },
  };
}

describe('a component that is wrong in one way breaks one rule:', () => {
  const wrong: readonly [ContractRule, string, Make, ('carried' | 'held')?][] = [
    [
      'shuts down before it starts',
      'one that takes down in shutdown what only start has put up',
      (settings) => {
        let started: { stop(): void } | undefined;
        return {
          ...pass(settings),
          start: () => void (started = { stop() {} }),
          shutdown: () => started!.stop(),
        };
      },
    ],
    [
      'shuts down twice, also at the same time',
      'one that minds a shutdown beside another',
      (settings) => {
        const good = pass(settings);
        let isClosing = false;
        return {
          ...good,
          async shutdown(grace) {
            if (isClosing) throw new Error('is closing already');
            isClosing = true;
            await good.shutdown?.(grace);
            isClosing = false;
          },
        };
      },
    ],
    [
      'starts after a shutdown, or refuses to',
      'one that shuts down once',
      (settings) => {
        const good = pass(settings);
        let timer: Timer | undefined;
        let isClosed = false;
        return {
          ...good,
          start() {
            timer?.stop();
            timer = settings.clock.every(1000, () => {});
          },
          shutdown(grace) {
            if (!isClosed) timer?.stop();
            isClosed = true;
            return good.shutdown?.(grace);
          },
        };
      },
    ],
    [
      'starts twice, or refuses to',
      'one that forgets what it started first',
      (settings) => {
        const good = pass(settings);
        let timer: Timer | undefined;
        return {
          ...good,
          start: () => void (timer = settings.clock.every(1000, () => {})),
          shutdown(grace) {
            timer?.stop();
            return good.shutdown?.(grace);
          },
        };
      },
    ],
    [
      'shuts down while it starts',
      'one that goes on with its start',
      (settings) => {
        const good = pass(settings);
        let timer: Timer | undefined;
        return {
          ...good,
          async start() {
            await settings.clock.sleep(10);
            timer?.stop();
            timer = settings.clock.every(1000, () => {});
          },
          shutdown(grace) {
            timer?.stop();
            return good.shutdown?.(grace);
          },
        };
      },
    ],
    [
      'leaves no timer behind',
      'one that never stops its timer',
      (settings) => onFirstUse(settings, () => settings.clock.every(1000, () => {})),
    ],
    [
      'leaves no socket behind',
      'one that never closes its listener',
      (settings) =>
        onFirstUse(
          settings,
          () => new Promise<void>((done) => opened.push(createServer().listen(0, '127.0.0.1', done))),
        ),
    ],
    [
      'leaves no file open',
      'one that never closes its file',
      (settings) =>
        onFirstUse(settings, async () => {
          const file = await open(process.execPath);
          opened.push({ close: () => file.close() });
        }),
    ],
    [
      'keeps nothing of what it has passed on',
      'one that remembers every batch',
      (settings) => {
        const good = pass(settings);
        const all: object[] = [];
        return {
          ...good,
          consume(traces, context) {
            all.push(traces);
            return good.consume(traces, context);
          },
        };
      },
    ],
    [
      'keeps nothing of what it has passed on',
      'one that remembers a span of each',
      (settings) => {
        const good = pass(settings);
        const all: object[] = [];
        return {
          ...good,
          consume(traces, context) {
            all.push(...[...traces.spans()].slice(0, 1));
            return good.consume(traces, context);
          },
        };
      },
    ],
    [
      'keeps nothing of what it has passed on',
      'one whose books hold on to what is gone',
      (settings) => {
        const good = pass(settings);
        let items = 0;
        settings.ledger.held(() => items);
        return {
          ...good,
          async consume(traces, context) {
            const { itemCount } = traces;
            await good.consume(traces, context);
            items += itemCount;
          },
        };
      },
    ],
    [
      'lets go when its grace has ended',
      'one that waits for its calls, however long they take',
      (settings) => {
        const good = pass(settings);
        const calls = new Set<Promise<void>>();
        return {
          consume(traces, context) {
            const call = Promise.resolve(good.consume(traces, context));
            calls.add(call);
            return call;
          },
          async shutdown(grace) {
            await good.shutdown?.(grace);
            await Promise.allSettled(calls);
          },
        };
      },
    ],
    [
      'passes every item on, once',
      'one that sends again what was accepted before',
      (settings) => {
        const good = pass(settings);
        let before: Batch<'traces'> | undefined;
        let inFlight = 0;
        return {
          ...good,
          async consume(traces, context) {
            const kept = traces.clone();
            inFlight++;
            await Promise.resolve(good.consume(traces, context)).finally(() => inFlight--);
            if (before !== undefined) await good.consume(before, context);
            before = inFlight === 0 ? kept : undefined;
          },
        };
      },
    ],
    [
      'answers with the outcome of the next',
      'one that swallows a refusal',
      (settings) => {
        const good = pass(settings);
        return {
          ...good,
          async consume(traces, context) {
            try {
              await good.consume(traces, context);
            } catch (error) {
              if (!ConsumeError.is(error) || error.kind !== 'retryable') throw error;
            }
          },
        };
      },
    ],
    [
      'accounts for what is rejected for good',
      'one that forgets the part that was rejected',
      (settings) => {
        const good = pass(settings);
        return {
          ...good,
          async consume(traces, context) {
            try {
              await good.consume(traces, context);
            } catch (error) {
              if (!ConsumeError.is(error) || error.rejected === undefined) throw error;
            }
          },
        };
      },
    ],
    [
      'loses nothing when it shuts down under load',
      'one that lets go of what is under way',
      (settings) => {
        const good = pass(settings);
        let isClosed = false;
        return {
          async consume(traces, context) {
            if (isClosed) throw new ConsumeError('refused', 'shut down');
            await settings.clock.sleep(100);
            if (!isClosed) await good.consume(traces, context);
          },
          shutdown: () => void (isClosed = true),
        };
      },
    ],
    [
      'answers for what comes after its shutdown',
      'one that takes what it has no use for any more',
      (settings) => {
        let isClosed = false;
        return {
          consume: (traces, context) => (isClosed ? undefined : settings.next.consume(traces, context)),
          shutdown: () => void (isClosed = true),
        };
      },
    ],
    [
      'keeps what is refused, and offers it again',
      'one that tries once',
      (settings) => {
        async function consume(traces: Batch<'traces'>): Promise<void> {
          try {
            await settings.next.consume(traces, background);
          } catch (error) {
            if (ConsumeError.is(error) && error.kind === 'permanent') throw error;
          }
        }
        return hold({ ...settings, next: { consume } });
      },
      'held',
    ],
    [
      'accounts for what is refused for good',
      'one that books only a part',
      (settings) => {
        const { ledger } = settings;
        const dropped: typeof ledger.dropped = (items, reason) => {
          if (reason === 'a part') ledger.dropped(items, reason);
        };
        return hold({ ...settings, ledger: { ...ledger, dropped } });
      },
      'held',
    ],
  ];

  it.each(wrong)('«%s»: %s', async (rule, _, make, outcome) => {
    onTestFinished(async () => {
      for (const each of opened.splice(0)) await each.close();
    });
    expect(await brokenBy(make, outcome)).toEqual([rule]);
  });

  it('«accepts»: an exporter that refuses what it is given', async () => {
    const factory = defineExporter({
      type: 'closed',
      config,
      logs: () => ({
        consume() {
          throw new ConsumeError('permanent', 'not today');
        },
      }),
    });
    expect(await brokenRules({ factory, create: () => factory() })).toEqual(['accepts']);
  });

  it('every rule there is', () => {
    const factory = defineProcessor({ type: 'all', config, traces: pass });
    const rules = (['carried', 'held'] as const).flatMap((outcome) =>
      contractSuite({ factory, create: () => factory(), outcome }).map(({ rule }) => rule),
    );
    const broken = new Set<ContractRule>(['accepts', ...wrong.map(([rule]) => rule)]);
    expect(new Set(rules)).toEqual(broken);
  });
});

describe('the checks', () => {
  const factory = defineProcessor({ type: 'subject', config, traces: pass, logs: () => ({ process() {} }) });
  const skip = { 'leaves no timer behind': 'it keeps a heartbeat' } as const;

  it('are named after the component, its signal and the rule', () => {
    const names = contractSuite({ factory, create: () => factory() }).map(({ name }) => name);
    expect(names).toContain('subject (traces) shuts down before it starts');
    expect(names).toContain('subject (logs) passes every item on, once');
    expect(new Set(names).size).toBe(names.length);
  });

  it('can be limited to signals', () => {
    const signals: readonly Signal[] = ['logs'];
    const names = contractSuite({ factory, create: () => factory(), signals }).map(({ name }) => name);
    expect(names.filter((name) => name.includes('(traces)'))).toEqual([]);
  });

  it('are skipped with the reason', () => {
    const ran: string[] = [];
    const skipped: string[] = [];
    const register = Object.assign((name: string) => ran.push(name), {
      skip: (name: string) => skipped.push(name),
    });
    registerChecks(contractSuite({ factory, create: () => factory(), signals: ['traces'], skip }), register);
    expect(skipped).toEqual(['subject (traces) leaves no timer behind (skipped: it keeps a heartbeat)']);
    expect(ran).not.toContain('subject (traces) leaves no timer behind');
  });

  it('tell what is wrong', async () => {
    const twice: Make = ({ next }) => ({
      async consume(traces, context) {
        await next.consume(traces.clone(), context);
        await next.consume(traces, context);
      },
    });
    const subject = defineProcessor({ type: 'twice', config, traces: twice });
    const check = contractSuite({ factory: subject, create: () => subject() }).find(
      ({ rule }) => rule === 'passes every item on, once',
    );
    await expect(check?.run()).rejects.toThrow(
      'items that arrived: expected [1,2,3,4,5,6,7], got [1,1,2,2,3,3,4,4,5,5,6,6,7,7]',
    );
  });
});

// As a component's own tests do it.
const pureTransform = defineProcessor({ type: 'pure', config, logs: () => ({ process() {} }) });
registerChecks(contractSuite({ factory: pureTransform, create: () => pureTransform() }), test);
