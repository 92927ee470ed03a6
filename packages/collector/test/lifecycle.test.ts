import {
  defineConnector,
  defineExporter,
  defineExtension,
  defineProcessor,
  defineReceiver,
  type Component,
  type ExtensionRef,
  type Host,
} from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCollector, type Collector, type StatusEvent } from '../src/index.js';
import { ManualClock, noConfig, recordingLogger, settled, sink, source, spans } from './support.js';

/** Components that write down what happens to them. */
function recording(log: string[], wrong: Readonly<Record<string, () => void | Promise<void>>> = {}) {
  const as = (name: string): Component => ({
    start() {
      log.push(`start ${name}`);
      return wrong[`start ${name}`]?.();
    },
    shutdown() {
      log.push(`stop ${name}`);
      return wrong[`stop ${name}`]?.();
    },
  });
  const consumer = { consume() {} };
  return {
    receiver: defineReceiver({
      type: 'receiver',
      config: noConfig,
      shared: () => as('shared receiver'),
      traces: () => as('receiver'),
      metrics: () => as('metrics receiver'),
    }),
    processor: defineProcessor({
      type: 'processor',
      config: z.strictObject({ name: z.string() }),
      traces: ({ config }) => ({ ...as(config.name), ...consumer }),
    }),
    connector: defineConnector({
      type: 'connector',
      config: noConfig,
      traces: { metrics: () => ({ ...as('connector'), ...consumer }) },
    }),
    exporter: defineExporter({
      type: 'exporter',
      config: noConfig,
      shared: () => as('shared exporter'),
      traces: () => ({ ...as('exporter'), ...consumer }),
      metrics: () => ({ ...as('metrics exporter'), ...consumer }),
    }),
    extension: defineExtension({
      type: 'extension',
      config: z.strictObject({ storage: z.custom<ExtensionRef>().optional() }),
      create: ({ id }) => as(id),
    }),
  };
}

function whole(log: string[], wrong?: Parameters<typeof recording>[1], clock = new ManualClock()): Collector {
  const { receiver, processor, connector, exporter, extension } = recording(log, wrong);
  const from = receiver();
  const to = exporter();
  const link = connector();
  const storage = extension({}, { name: 'storage' });
  return createCollector({
    runtime: { clock, logger: recordingLogger() },
    extensions: [extension({ storage })],
    pipelines: {
      traces: {
        receivers: [from],
        processors: [processor({ name: 'first' }), processor({ name: 'second' })],
        exporters: [link, to],
      },
      metrics: { receivers: [from, link], exporters: [to] },
    },
  });
}

const order = [
  'extension/storage',
  'extension',
  'shared exporter',
  'metrics exporter',
  'exporter',
  'connector',
  'second',
  'first',
  'shared receiver',
  'receiver',
  'metrics receiver',
];

describe('the lifecycle', () => {
  it('starts from the exporters to the receivers, and shuts down the other way', async () => {
    const log: string[] = [];
    const collector = whole(log);
    expect(log).toEqual([]);
    await collector.start();
    expect(log).toEqual(order.map((name) => `start ${name}`));
    log.length = 0;
    await collector.shutdown();
    expect(log).toEqual(order.toReversed().map((name) => `stop ${name}`));
  });

  it('waits for each before it goes on to the next', async () => {
    const log: string[] = [];
    let go!: () => void;
    const collector = whole(log, { 'start exporter': () => new Promise((resolve) => (go = resolve)) });
    const started = collector.start();
    await settled();
    expect(log.at(-1)).toBe('start exporter');
    go();
    await started;
    await collector.shutdown();
  });

  it('starts and shuts down once, whoever calls how often', async () => {
    const log: string[] = [];
    const collector = whole(log);
    await Promise.all([collector.start(), collector.start()]);
    await collector.start();
    await Promise.all([collector.shutdown(), collector.shutdown()]);
    await collector[Symbol.asyncDispose]();
    expect(log).toHaveLength(2 * order.length);
  });

  it('lets go of what was made but never started', async () => {
    const log: string[] = [];
    const collector = whole(log);
    await collector.shutdown();
    expect(log).toEqual(order.toReversed().map((name) => `stop ${name}`));
    await expect(collector.start()).rejects.toThrow('a collector starts once: create a new one');
  });

  it('undoes a start that fails, names the component and keeps the cause', async () => {
    const log: string[] = [];
    const cause = new Error('address in use');
    const collector = whole(log, {
      'start second': () => {
        throw cause;
      },
      'stop exporter': () => {
        throw new Error('and this too');
      },
    });
    const error = await collector.start().then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    expect(error!.message).toBe(
      'cannot start pipelines: failed to start "processor#2" processor: address in use',
    );
    expect(error!.cause).toBe(cause);
    expect(log).not.toContain('start first');
    expect(log.filter((line) => line.startsWith('stop '))).toEqual(
      order.toReversed().map((name) => `stop ${name}`),
    );
    await expect(collector.start()).rejects.toThrow('a collector starts once');
  });

  it('names an extension that does not start', async () => {
    const collector = whole([], { 'start extension': () => Promise.reject(new Error('no disk')) });
    await expect(collector.start()).rejects.toThrow('failed to start extensions: "extension": no disk');
  });

  it('stops starting when it is shut down meanwhile', async () => {
    const log: string[] = [];
    let go!: () => void;
    const collector = whole(log, { 'start exporter': () => new Promise((resolve) => (go = resolve)) });
    const started = collector.start();
    await settled();
    const stopped = collector.shutdown();
    await settled();
    expect(log.at(-1)).toBe('start exporter');
    go();
    await expect(started).rejects.toThrow('the collector was shut down while it started');
    await stopped;
    expect(log).not.toContain('start connector');
    expect(log.at(-1)).toBe('stop extension/storage');
  });

  it('leaves a component behind that does not shut down in time, and goes on', async () => {
    const log: string[] = [];
    const clock = new ManualClock();
    const never = (): Promise<void> => new Promise(() => {});
    const collector = whole(log, { 'stop first': never, 'stop exporter': never }, clock);
    const errors: string[] = [];
    collector.events.on('status', ({ component, status, error }) => {
      if (status === 'permanent_error') errors.push(`${component}: ${error!.message}`);
    });
    await collector.start();
    let isStopped = false;
    const stopped = collector.shutdown({ graceMs: 5000 }).then(() => (isStopped = true));
    await clock.advance(5999);
    expect(log.at(-1)).toBe('stop first');
    await clock.advance(1);
    expect(log.at(-1)).toBe('stop exporter');
    await clock.advance(999);
    expect(isStopped).toBe(false);
    await clock.advance(1);
    await stopped;
    expect(errors).toEqual(['processor: did not shut down in time', 'exporter: did not shut down in time']);
    expect(log.at(-1)).toBe('stop extension/storage');
    expect(clock.timers).toBe(0);
  });

  it('logs what is still in a component that it leaves behind', async () => {
    const clock = new ManualClock();
    const logger = recordingLogger();
    const never = (): Promise<void> => new Promise(() => {});
    const from = source();
    const collector = createCollector({
      runtime: { clock, logger },
      pipelines: {
        traces: { receivers: [from], exporters: [sink({ consume: never, lifecycle: { shutdown: never } })] },
      },
    });
    await collector.start();
    void from.send(spans('one', 'two'));
    const stopped = collector.shutdown({ graceMs: 0 });
    await clock.advance(1000);
    await stopped;
    expect(logger.lines.filter(({ fields }) => 'dropped_items' in fields)).toMatchObject([
      { level: 'error', fields: { 'otelcol.component.id': 'sink', dropped_items: 2, reason: 'left_behind' } },
    ]);
  });

  it('gives up a start that hangs when the grace has ended', async () => {
    const clock = new ManualClock();
    const log: string[] = [];
    const collector = whole(log, { 'start exporter': () => new Promise(() => {}) }, clock);
    void collector.start();
    await settled();
    const stopped = collector.shutdown({ graceMs: 0 });
    await clock.advance(1000);
    await stopped;
    expect(log.at(-1)).toBe('stop extension/storage');
  });

  it('tells components by `grace` when their time is up', async () => {
    const clock = new ManualClock();
    const told: string[] = [];
    const lifecycle: Component = {
      shutdown: (grace) =>
        new Promise((resolve) => {
          told.push(String(grace.aborted));
          grace.addEventListener('abort', () => {
            told.push('time is up');
            resolve();
          });
        }),
    };
    const collector = createCollector({
      runtime: { clock },
      pipelines: { traces: { receivers: [source()], exporters: [sink({ lifecycle })] } },
    });
    await collector.start();
    const stopped = collector.shutdown();
    await clock.advance(24_999);
    expect(told).toEqual(['false']);
    await clock.advance(1);
    await stopped;
    expect(told).toEqual(['false', 'time is up']);
    expect(clock.timers).toBe(0);
  });
});

it('without grace, components are told at once', async () => {
  const told: boolean[] = [];
  const lifecycle: Component = { shutdown: (grace) => void told.push(grace.aborted) };
  const collector = createCollector({
    runtime: { clock: new ManualClock() },
    pipelines: { traces: { receivers: [source()], exporters: [sink({ lifecycle })] } },
  });
  await collector.start();
  await collector.shutdown({ graceMs: 0 });
  expect(told).toEqual([true]);
});

it('a component that goes by an older name is told of once, whatever its parts', () => {
  const parts = { traces: () => ({ consume() {} }), metrics: () => ({ consume() {} }), shared: () => ({}) };
  const exporter = defineExporter({ type: 'new_name', aliases: ['old'], config: noConfig, ...parts });
  const receiver = defineReceiver({
    type: 'receiver',
    config: noConfig,
    traces: () => ({}),
    metrics: () => ({}),
  });
  const from = receiver();
  const exporters = [exporter({}, { alias: 'old', name: 'a' }), exporter()] as const;
  const logger = recordingLogger();
  createCollector({
    runtime: { logger },
    pipelines: {
      traces: { receivers: [from], exporters: [...exporters] },
      metrics: { receivers: [from], exporters: [...exporters] },
    },
  });
  expect(logger.lines).toMatchObject([
    {
      level: 'warn',
      message: '"old" alias is deprecated; use "new_name" instead',
      fields: { 'otelcol.component.id': 'old/a' },
    },
  ]);
});

describe('status events', () => {
  async function statusesOf(run: (host: Host) => void | Promise<void>, stop?: () => void): Promise<string[]> {
    const events: StatusEvent[] = [];
    const lifecycle: Component = { start: run, ...(stop && { shutdown: stop }) };
    const collector = createCollector({
      runtime: { clock: new ManualClock(), logger: recordingLogger() },
      pipelines: { traces: { receivers: [source()], exporters: [sink({ lifecycle })] } },
    });
    collector.events.on('status', (event) => events.push(event));
    await collector.start().catch(() => {});
    await collector.shutdown();
    for (const { at } of events) expect(at).toBe(1_700_000_000_000);
    return events.filter(({ component }) => component === 'sink').map(({ status }) => status);
  }
  const error = new Error('x');

  it.each<[string, (host: Host) => void, string[]]>([
    ['a start', () => {}, ['starting', 'ok', 'stopping', 'stopped']],
    [
      'a failed start',
      () => {
        throw error;
      },
      ['starting', 'permanent_error', 'stopping', 'stopped'],
    ],
    [
      'an error while starting',
      (host) => host.report({ status: 'recoverable_error', error }),
      ['starting', 'recoverable_error', 'stopping', 'stopped'],
    ],
    [
      'repeats',
      (host) => {
        host.report({ status: 'ok' });
        host.report({ status: 'ok' });
      },
      ['starting', 'ok', 'ok', 'stopping', 'stopped'],
    ],
    [
      'nothing but an end after a permanent error',
      (host) => {
        host.report({ status: 'permanent_error', error });
        host.report({ status: 'ok' });
      },
      ['starting', 'permanent_error', 'stopping', 'stopped'],
    ],
    [
      'nothing after a fatal error',
      (host) => host.report({ status: 'fatal_error', error }),
      ['starting', 'fatal_error'],
    ],
  ])('tell of %s', async (_, run, statuses) => {
    expect(await statusesOf(run)).toEqual(statuses);
  });

  it('tell of a shutdown that failed', async () => {
    const stop = (): never => {
      throw error;
    };
    expect(await statusesOf(() => {}, stop)).toEqual(['starting', 'ok', 'stopping', 'permanent_error']);
  });

  it('name the component, its kind, signal and pipelines', async () => {
    const from = source();
    const events: StatusEvent[] = [];
    const shared = defineExporter({
      type: 'withshared',
      config: noConfig,
      shared: () => ({ start() {} }),
      traces: () => ({ consume() {} }),
    })();
    const collector = createCollector({
      pipelines: {
        traces: { receivers: [from], exporters: [sink()] },
        'traces/b': { receivers: [from], exporters: [shared] },
        'traces/c': { receivers: [source({}, { name: 'c' })], exporters: [shared] },
      },
    });
    collector.events.on('status', (event) => events.push(event));
    await collector.start();
    const of = (name: string): StatusEvent => events.find(({ component }) => component === name)!;
    expect(of('withshared')).toMatchObject({
      component: 'withshared',
      kind: 'exporter',
      signal: undefined,
      pipelines: ['traces/b', 'traces/c'],
    });
    expect(of('source')).toMatchObject({
      component: 'source',
      kind: 'receiver',
      signal: 'traces',
      pipelines: ['traces', 'traces/b'],
    });
    await collector.shutdown();
  });

  it('cannot be made to fail the component by a listener', async () => {
    const logger = recordingLogger();
    await using collector = createCollector({
      runtime: { logger },
      pipelines: { traces: { receivers: [source()], exporters: [sink()] } },
    });
    collector.events.on('status', () => {
      throw new Error('a bug in the listener');
    });
    await collector.start();
    expect(logger.lines.map(({ message }) => message)).toContain('a listener of collector.events threw');
  });
});

describe('what ends a collector', () => {
  /** One whose exporter hands its host to the test. */
  function reporting(logger = recordingLogger()) {
    let host!: Host;
    const lifecycle: Component = { start: (given) => void (host = given) };
    const collector = createCollector({
      runtime: { clock: new ManualClock(), logger },
      pipelines: { traces: { receivers: [source()], exporters: [sink({ lifecycle })] } },
    });
    return { collector, logger, host: () => host };
  }
  const error = new Error('the server is gone');

  it('is a fatal error of a component: it is logged, and all is shut down', async () => {
    const { collector, logger, host } = reporting();
    await collector.start();
    const stopped: string[] = [];
    collector.events.on('status', ({ component, status }) => {
      if (status === 'stopped') stopped.push(component);
    });
    host().report({ status: 'fatal_error', error });
    expect(await collector.stopped).toBe(error);
    expect(stopped).toEqual(['source']);
    expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([
      {
        level: 'error',
        message: 'Asynchronous error received, terminating process',
        fields: expect.objectContaining({ error, 'otelcol.component.id': 'sink' }) as unknown,
      },
    ]);
    await collector.shutdown();
  });

  it('is a fatal error while it starts: the start rejects with it as cause', async () => {
    const lifecycle: Component = { start: (host) => host.report({ status: 'fatal_error', error }) };
    const collector = createCollector({
      runtime: { clock: new ManualClock(), logger: recordingLogger() },
      pipelines: { traces: { receivers: [source()], exporters: [sink({ lifecycle })] } },
    });
    await expect(collector.start()).rejects.toMatchObject({
      message: 'the collector was shut down while it started',
      cause: error,
    });
    expect(await collector.stopped).toBe(error);
  });

  it('is a start that fails', async () => {
    const collector = whole([], { 'start extension': () => Promise.reject(new Error('no disk')) });
    const thrown = await collector.start().catch((reason: unknown) => reason);
    expect(thrown).toBeInstanceOf(Error);
    expect(await collector.stopped).toBe(thrown);
  });

  it('is no error where somebody asks', async () => {
    const { collector } = reporting();
    await collector.start();
    let isOver = false;
    void collector.stopped.then(() => (isOver = true));
    await settled();
    expect(isOver).toBe(false);
    await collector.shutdown();
    expect(await collector.stopped).toBeUndefined();
  });

  it('is the first of several fatal errors, and none that comes after a permanent one', async () => {
    const { collector, host } = reporting();
    await collector.start();
    host().report({ status: 'fatal_error', error });
    host().report({ status: 'fatal_error', error: new Error('and another') });
    expect(await collector.stopped).toBe(error);

    const ailing = reporting();
    await ailing.collector.start();
    ailing.host().report({ status: 'permanent_error', error });
    ailing.host().report({ status: 'fatal_error', error: new Error('not heard') });
    expect(ailing.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
    await ailing.collector.shutdown();
    expect(await ailing.collector.stopped).toBeUndefined();
  });
});

describe('what a component may watch', () => {
  /** A collector with an extension that begins to listen when it starts. */
  function watched(listen: (host: Host) => void, wrong: Parameters<typeof recording>[1] = {}) {
    const logger = recordingLogger();
    const watcher = defineExtension({
      type: 'watcher',
      config: noConfig,
      create: () => ({ start: listen }),
    });
    const { receiver, connector, exporter } = recording([], wrong);
    const from = receiver();
    const to = exporter();
    const link = connector();
    const collector = createCollector({
      runtime: { clock: new ManualClock(), logger },
      extensions: [watcher()],
      pipelines: {
        traces: { receivers: [from], exporters: [link] },
        metrics: { receivers: [link], exporters: [to] },
      },
    });
    return { collector, logger };
  }

  it('is how every component does: at once, and then every change', async () => {
    const events: StatusEvent[] = [];
    const { collector } = watched((host) => host.onStatus((event) => events.push(event)));
    await collector.start();
    const at = 1_700_000_000_000;
    expect(events.slice(0, 6)).toEqual(
      [
        { component: 'watcher', kind: 'extension', signal: undefined, pipelines: [], status: 'starting' },
        {
          component: 'exporter',
          kind: 'exporter',
          signal: undefined,
          pipelines: ['metrics'],
          status: 'none',
        },
        {
          component: 'exporter',
          kind: 'exporter',
          signal: 'metrics',
          pipelines: ['metrics'],
          status: 'none',
        },
        {
          component: 'connector',
          kind: 'connector',
          signal: 'traces',
          pipelines: ['traces', 'metrics'],
          status: 'none',
        },
        { component: 'receiver', kind: 'receiver', signal: undefined, pipelines: ['traces'], status: 'none' },
        { component: 'receiver', kind: 'receiver', signal: 'traces', pipelines: ['traces'], status: 'none' },
      ].map((event) => ({ ...event, error: undefined, at })),
    );
    expect(events.slice(6).map(({ component, status }) => `${component} ${status}`)).toEqual([
      'watcher ok',
      ...['exporter', 'exporter', 'connector', 'receiver', 'receiver'].flatMap((name) => [
        `${name} starting`,
        `${name} ok`,
      ]),
    ]);
    await collector.shutdown();
    expect(events.at(-1)).toMatchObject({ component: 'watcher', status: 'stopped' });
  });

  it('is whether all have started, and that the shutdown begins before any of them hears of it', async () => {
    const seen: string[] = [];
    const { collector } = watched((host) => {
      host.onReady((isReady) => seen.push(isReady ? 'ready' : 'not ready'));
      host.onStatus(({ component, kind, status }) => {
        if (kind === 'receiver' && status !== 'none') seen.push(`${component} ${status}`);
      });
    });
    await collector.start();
    expect(seen).toEqual([
      'not ready',
      'receiver starting',
      'receiver ok',
      'receiver starting',
      'receiver ok',
      'ready',
    ]);
    seen.length = 0;
    const stopped = collector.shutdown();
    expect(seen).toEqual(['not ready']);
    await stopped;
    expect(seen.slice(0, 3)).toEqual(['not ready', 'receiver stopping', 'receiver stopped']);
  });

  it('never becomes ready where the start fails', async () => {
    const seen: boolean[] = [];
    const { collector } = watched((host) => host.onReady((isReady) => seen.push(isReady)), {
      'start receiver': () => Promise.reject(new Error('no port')),
    });
    await expect(collector.start()).rejects.toThrow('no port');
    expect(seen).toEqual([false]);
  });

  it('until it no longer listens', async () => {
    const seen: string[] = [];
    const { collector } = watched((host) => {
      const both = [
        host.onStatus(({ status }) => seen.push(status)),
        host.onReady((isReady) => seen.push(String(isReady))),
      ];
      for (const stop of both) stop();
    });
    await collector.start();
    expect(seen).toEqual(['starting', 'none', 'none', 'none', 'none', 'none', 'false']);
    await collector.shutdown();
  });

  it('and cannot harm it with a listener that throws', async () => {
    const bug = (): never => {
      throw new Error('a bug in the listener');
    };
    const others: string[] = [];
    const { collector, logger } = watched((host) => {
      host.onStatus(bug);
      host.onReady(bug);
      host.onStatus(({ status }) => others.push(status));
    });
    await collector.start();
    expect(others.at(-1)).toBe('ok');
    const lines = logger.lines.filter(({ level }) => level === 'error');
    expect(lines[0]).toMatchObject({
      message: 'a listener of the host threw',
      fields: { 'otelcol.component.id': 'watcher' },
    });
    expect(lines).toHaveLength(6 + 1 + 11 + 1);
    await collector.shutdown();
  });
});

describe('the host', () => {
  it('hands out the started extension behind a config value, and no other', async () => {
    const extension = defineExtension({
      type: 'storage',
      config: noConfig,
      create: () => {
        let isStarted = false;
        return {
          start() {
            isStarted = true;
          },
          read: () => (isStarted ? 'from the disk' : 'not started'),
        };
      },
    });
    const read: string[] = [];
    const other = extension({}, { name: 'other' });
    const exporter = defineExporter({
      type: 'e',
      config: z.strictObject({
        queue: z.strictObject({ storage: z.custom<ReturnType<typeof extension>>() }),
      }),
      traces: ({ config }) => ({
        start(host) {
          read.push(host.extension(config.queue.storage).read());
          expect(() => host.extension(other)).toThrow(
            'exporter "e" asks for an extension that its config does not refer to',
          );
        },
        consume() {},
      }),
    });
    await using collector = createCollector({
      pipelines: {
        traces: { receivers: [source()], exporters: [exporter({ queue: { storage: extension() } })] },
      },
    });
    await collector.start();
    expect(read).toEqual(['from the disk']);
  });

  it('collects addresses by component, until the shutdown', async () => {
    const lifecycle: Component = {
      start(host) {
        host.listening('grpc', '127.0.0.1:4317');
        host.listening('http', '127.0.0.1:4318');
      },
    };
    const collector = createCollector({
      pipelines: { traces: { receivers: [source()], exporters: [sink({ lifecycle })] } },
    });
    await collector.start();
    expect(collector.addresses()).toEqual({ sink: { grpc: '127.0.0.1:4317', http: '127.0.0.1:4318' } });
    await collector.shutdown();
    expect(collector.addresses()).toEqual({});
  });

  it('forgets addresses when a start fails', async () => {
    const lifecycle: Component = {
      start(host) {
        host.listening('grpc', '127.0.0.1:4317');
        throw new Error('no second port');
      },
    };
    const collector = createCollector({
      pipelines: { traces: { receivers: [source()], exporters: [sink({ lifecycle })] } },
    });
    await expect(collector.start()).rejects.toThrow('no second port');
    expect(collector.addresses()).toEqual({});
  });

  it('knows the bytes that all components hold', async () => {
    let asked = 0;
    const holder = defineProcessor({
      type: 'holder',
      config: noConfig,
      traces: ({ ledger }) => {
        ledger.held(
          () => 0,
          () => 100,
        );
        return { process() {}, start: (host: Host) => void (asked = host.heldBytes()) };
      },
    });
    await using collector = createCollector({
      pipelines: { traces: { receivers: [source()], processors: [holder(), holder()], exporters: [sink()] } },
    });
    await collector.start();
    expect(asked).toBe(200);
  });
});
