import {
  background,
  ConfigError,
  defineConnector,
  defineExporter,
  defineExtension,
  defineProcessor,
  defineReceiver,
  type Component,
  type Consumer,
  type ExtensionRef,
  type Host,
  type Router,
  type StatusEvent,
} from '@tributary/component';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCollector, imbalances, type Collector, type CollectorOptions } from '../src/index.js';
import { errorOf, ManualClock, noConfig, recordingLogger, settled, sink, source, spans } from './support.js';

const running: Collector[] = [];

async function start(options: CollectorOptions): Promise<Collector> {
  const collector = createCollector({ runtime: { logger: recordingLogger() }, ...options });
  running.push(collector);
  await collector.start();
  return collector;
}

afterEach(async () => {
  for (const collector of running.splice(0)) {
    const wrong = imbalances(collector.balance());
    await collector.shutdown();
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  }
});

/** Components that write down what happens to them. */
function recorded() {
  const log: string[] = [];
  const lifecycle = (id: string, fails?: string): Component => {
    log.push(`made ${id}`);
    return {
      start() {
        log.push(`start ${id}`);
        if (fails === 'start') throw new Error(`${id} does not start`);
      },
      shutdown() {
        log.push(`end ${id}`);
      },
    };
  };
  const config = z.strictObject({ n: z.number().default(0), fails: z.enum(['make', 'start']).optional() });
  const part = (id: string, fails: string | undefined): Component => {
    if (fails === 'make') throw new Error(`${id} cannot be made`);
    return lifecycle(id, fails);
  };
  const heads = new Map<string, Consumer<'traces'>>();
  const receiver = defineReceiver({
    type: 'receiver',
    config,
    traces: ({ id, config: { fails }, next }) => {
      heads.set(id, next);
      return part(id, fails);
    },
  });
  const processor = defineProcessor({
    type: 'processor',
    config,
    traces: ({ id, config: { fails }, next }) => ({
      ...part(id, fails),
      consume: (traces, context) => next.consume(traces, context),
    }),
  });
  const exporter = defineExporter({
    type: 'exporter',
    config: z.strictObject({ ...config.shape, extension: z.custom<ExtensionRef>().optional() }),
    traces: ({ id, config: { fails } }) => ({ ...part(id, fails), consume() {} }),
  });
  const extension = defineExtension({
    type: 'extension',
    config,
    create: ({ id, config: { fails } }) => part(id, fails),
  });
  return { log, heads, receiver, processor, exporter, extension };
}

describe('a reload', () => {
  it('lets everything run on that is equal, and touches nothing', async () => {
    const { log, receiver, processor, exporter, extension } = recorded();
    const options = (): CollectorOptions => ({
      pipelines: {
        traces: { receivers: [receiver()], processors: [processor({ n: 1 })], exporters: [exporter()] },
      },
      extensions: [extension()],
    });
    const collector = await start(options());
    const events: StatusEvent[] = [];
    collector.events.on('status', (event) => events.push(event));
    log.length = 0;
    await collector.reload(options());
    expect(log).toEqual([]);
    expect(events).toEqual([]);
  });

  it('makes and starts from the back what is new, receivers last, then shuts down from the front what is gone', async () => {
    const { log, receiver, processor, exporter, extension } = recorded();
    const options = (n: number): CollectorOptions => ({
      pipelines: {
        traces: {
          receivers: [receiver({ n })],
          processors: [processor({ n })],
          exporters: [exporter({ n })],
        },
      },
      extensions: [extension({ n })],
    });
    const collector = await start(options(1));
    log.length = 0;
    await collector.reload(options(2));
    expect(log).toEqual([
      'made extension',
      'made exporter',
      'made processor',
      'made receiver',
      'start extension',
      'start exporter',
      'start processor',
      'start receiver',
      'end receiver',
      'end processor',
      'end exporter',
      'end extension',
    ]);
  });

  it('gives components that stay new ways, without their noticing', async () => {
    const from = source();
    const first = sink();
    const second = sink({}, { name: 'second' });
    const collector = await start({ pipelines: { traces: { receivers: [from], exporters: [first] } } });
    await from.send(spans('a'));
    await collector.reload({ pipelines: { traces: { receivers: [from], exporters: [first, second] } } });
    await from.send(spans('b'));
    await collector.reload({ pipelines: { traces: { receivers: [from], exporters: [second] } } });
    await from.send(spans('c'));
    expect([first.names, second.names]).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
    const { components, edges } = collector.balance();
    expect(components.map(({ component, passed }) => [component, passed])).toEqual([
      ['source', 3],
      ['sink/second', 2],
    ]);
    expect(edges.map(({ from: a, to }) => [a, to])).toEqual([['source', 'sink/second']]);
  });

  it('drains what is gone into what still stands', async () => {
    const { heads, receiver, exporter } = recorded();
    let taken = 0;
    const holding = defineProcessor({
      type: 'holding',
      config: noConfig,
      traces: ({ next, ledger }) => {
        let held = 0;
        ledger.held(() => held);
        return {
          consume(traces) {
            held += traces.itemCount;
          },
          async shutdown() {
            const items = held;
            held = 0;
            if (items > 0) await next.consume(spans(...Array<string>(items).fill('held')), background);
          },
        };
      },
    });
    const out = sink({ consume: (traces) => void (taken += traces.itemCount) });
    const pipeline = { receivers: [receiver()], exporters: [out] };
    const collector = await start({ pipelines: { traces: { ...pipeline, processors: [holding()] } } });
    await heads.get('receiver')!.consume(spans('a', 'b'), background);
    expect(taken).toBe(0);
    await collector.reload({ pipelines: { traces: pipeline } });
    expect(taken).toBe(2);
    await collector.reload({ pipelines: { traces: { receivers: [receiver()], exporters: [exporter()] } } });
    expect(collector.balance().components.map(({ component }) => component)).toEqual([
      'receiver',
      'exporter',
    ]);
  });

  it('answers what was under way by who took it', async () => {
    const from = source();
    let answer!: () => void;
    const slow = sink(
      { consume: () => new Promise<void>((resolve) => (answer = resolve)) },
      { name: 'slow' },
    );
    const fast = sink({}, { name: 'fast' });
    const collector = await start({ pipelines: { traces: { receivers: [from], exporters: [slow] } } });
    const sent = from.send(spans('a'));
    await collector.reload({ pipelines: { traces: { receivers: [from], exporters: [fast] } } });
    await from.send(spans('b'));
    const under = collector.balance();
    expect(imbalances(under)).toEqual([]);
    expect(under.edges.map(({ to, inFlight }) => [to, inFlight])).toEqual([
      ['sink/slow', 1],
      ['sink/fast', 0],
    ]);
    answer();
    await sent;
    await settled();
    expect(collector.balance().edges.map(({ to }) => to)).toEqual(['sink/fast']);
    expect(collector.balance().components[0]).toMatchObject({ component: 'source', created: 2, passed: 2 });
  });

  it('leaves a connector alone while it leads into the same pipelines, whatever they are by now', async () => {
    const from = source();
    const routers: Router<'traces'>[] = [];
    const route = defineConnector({
      type: 'route',
      config: noConfig,
      traces: {
        traces: ({ next }) => {
          routers.push(next);
          const chosen = next.to('traces/b');
          return { consume: (traces, context) => chosen.consume(traces, context) };
        },
      },
    });
    const options = (out: ReturnType<typeof sink>, more = false): CollectorOptions => {
      const link = route();
      return {
        pipelines: {
          traces: { receivers: [from], exporters: [link] },
          'traces/b': { receivers: [link], exporters: [out] },
          ...(more && { 'traces/c': { receivers: [link], exporters: [out] } }),
        },
      };
    };
    const first = sink();
    const second = sink({}, { name: 'second' });
    const collector = await start(options(first));
    await from.send(spans('a'));
    await collector.reload(options(second));
    await from.send(spans('b'));
    expect([first.names, second.names, routers.length]).toEqual([['a'], ['b'], 1]);
    await collector.reload(options(second, true));
    await from.send(spans('c'));
    expect(second.names).toEqual(['b', 'c']);
    expect(routers.map(({ pipelines }) => pipelines)).toEqual([['traces/b'], ['traces/b', 'traces/c']]);
  });

  it('takes processors of one id in a pipeline for the same by their config and order', async () => {
    const { log, receiver, processor, exporter } = recorded();
    const options = (...ns: number[]): CollectorOptions => ({
      pipelines: {
        traces: {
          receivers: [receiver()],
          processors: ns.map((n) => processor({ n })),
          exporters: [exporter()],
        },
      },
    });
    const collector = await start(options(1, 2, 2));
    log.length = 0;
    await collector.reload(options(2, 1));
    expect(log).toEqual(['end processor']);
    expect(
      collector
        .balance()
        .components.map(({ component }) => component)
        .sort(),
    ).toEqual(['exporter', 'processor', 'processor#2', 'receiver']);
  });

  it('takes a reference with a handle for the same only if it is the same object', async () => {
    const handles: object[] = [];
    const fed = defineReceiver({
      type: 'fed',
      config: noConfig,
      handle: () => ({ fed: true }),
      traces: ({ handle }) => {
        handles.push(handle);
        return {};
      },
    });
    const one = fed();
    const to = sink();
    const collector = await start({ pipelines: { traces: { receivers: [one], exporters: [to] } } });
    await collector.reload({ pipelines: { traces: { receivers: [one], exporters: [to] } } });
    expect(handles).toHaveLength(1);
    await collector.reload({ pipelines: { traces: { receivers: [fed()], exporters: [to] } } });
    expect(handles).toHaveLength(2);
  });

  it('makes a component anew whose extension changed', async () => {
    const { log, receiver, exporter, extension } = recorded();
    const options = (n: number): CollectorOptions => ({
      pipelines: {
        traces: { receivers: [receiver()], exporters: [exporter({ extension: extension({ n }) })] },
      },
    });
    const collector = await start(options(1));
    log.length = 0;
    await collector.reload(options(1));
    expect(log).toEqual([]);
    await collector.reload(options(2));
    expect(log.filter((line) => line.startsWith('start'))).toEqual(['start extension', 'start exporter']);
  });

  it('gives parts to an object that runs and takes them away, and keeps what they share', async () => {
    const log: string[] = [];
    const both = defineExporter({
      type: 'both',
      config: noConfig,
      shared: () => ({
        start: () => void log.push('start shared'),
        shutdown: () => void log.push('end shared'),
      }),
      traces: () => ({ consume() {}, shutdown: () => void log.push('end traces') }),
      logs: () => ({ consume() {}, start: () => void log.push('start logs') }),
    });
    const inlet = defineReceiver({ type: 'inlet', config: noConfig, traces: () => ({}), logs: () => ({}) });
    const pipeline = () => ({ receivers: [inlet()], exporters: [both()] });
    const collector = await start({ pipelines: { traces: pipeline() } });
    const together = pipeline();
    await collector.reload({ pipelines: { traces: together, logs: together } });
    await collector.reload({ pipelines: { logs: pipeline() } });
    expect(log).toEqual(['start shared', 'start logs', 'end traces']);
  });
});

describe('a reload that fails', () => {
  it.each(['receiver', 'processor', 'exporter', 'extension'] as const)(
    'leaves everything as it was where a new %s cannot be made or does not start',
    async (kind) => {
      const { log, heads, receiver, processor, exporter, extension } = recorded();
      const options = (n: number, fails?: 'make' | 'start'): CollectorOptions => {
        const of = (which: typeof kind) => ({ n, ...(which === kind && fails && { fails }) });
        return {
          pipelines: {
            traces: {
              receivers: [receiver(of('receiver'))],
              processors: [processor(of('processor'))],
              exporters: [exporter(of('exporter'))],
            },
          },
          extensions: [extension(of('extension'))],
        };
      };
      const collector = await start(options(1));
      const before = heads.get('receiver')!;
      await before.consume(spans('a'), background);
      const books = collector.balance();
      const outcomes: unknown[] = [];
      collector.events.on('reload', ({ outcome }) => outcomes.push(outcome));
      for (const fails of ['make', 'start'] as const) {
        log.length = 0;
        await expect(collector.reload(options(2, fails))).rejects.toThrow(
          fails === 'make' ? `${kind} cannot be made` : `${kind} does not start`,
        );
        const made = log.filter((line) => line.startsWith('made')).map((line) => line.slice(5));
        const ended = log.filter((line) => line.startsWith('end')).map((line) => line.slice(4));
        expect(ended.sort()).toEqual(made.sort());
        expect(collector.balance()).toEqual(books);
      }
      await before.consume(spans('b'), background);
      expect(collector.balance().components[0]).toMatchObject({ passed: 2 });
      expect(outcomes).toEqual(['failed', 'failed']);
      await collector.reload(options(3));
      expect(outcomes).toEqual(['failed', 'failed', 'succeeded']);
    },
  );

  it('tells everything that is wrong, and what cannot change', async () => {
    const { receiver, exporter } = recorded();
    const collector = await start({
      pipelines: { traces: { receivers: [receiver()], exporters: [exporter()] } },
    });
    const error: unknown = await collector
      .reload({
        pipelines: { traces: { receivers: [receiver()], exporters: [] } },
        telemetry: { logs: { level: 'debug' } },
        runtime: { random: () => 0 },
        buildInfo: { version: '2' },
      })
      .catch((reason: unknown) => reason);
    expect(
      ConfigError.is(error) && error.problems.map(({ path, message }) => `${path.join('.')}: ${message}`),
    ).toEqual([
      'runtime.random: cannot change while the collector runs; start it anew',
      'buildInfo.version: cannot change while the collector runs; start it anew',
      'service.telemetry.logs: cannot change while the collector runs; start it anew',
      'service.pipelines.traces: must have at least one exporter',
    ]);
  });

  it('fails for a fatal error of what is new, and not for one of what is gone', async () => {
    const from = source();
    const hosts: Host[] = [];
    const fatal = { status: 'fatal_error', error: new Error('it is broken') } as const;
    const broken = defineExporter({
      type: 'broken',
      config: z.strictObject({ when: z.enum(['start', 'end']) }),
      traces: ({ config: { when } }) => ({
        consume() {},
        start(host) {
          hosts.push(host);
          if (when === 'start') host.report(fatal);
        },
        shutdown() {
          if (when === 'end') hosts.at(-1)!.report(fatal);
        },
      }),
    });
    const options = (when: 'start' | 'end'): CollectorOptions => ({
      pipelines: { traces: { receivers: [from], exporters: [broken({ when })] } },
    });
    const collector = await start(options('end'));
    await expect(collector.reload(options('start'))).rejects.toThrow('it is broken');
    await collector.reload({ pipelines: { traces: { receivers: [from], exporters: [sink()] } } });
    await from.send(spans('a'));
  });
});

describe('reloads and the life of the collector', () => {
  it('are refused before the start and after the shutdown', async () => {
    const { receiver, exporter } = recorded();
    const options: CollectorOptions = {
      pipelines: { traces: { receivers: [receiver()], exporters: [exporter()] } },
    };
    const collector = createCollector({ ...options, runtime: { logger: recordingLogger() } });
    await expect(collector.reload(options)).rejects.toThrow('has not been started');
    await collector.start();
    await collector.reload(options);
    await collector.shutdown();
    await expect(collector.reload(options)).rejects.toThrow('is shut down');
  });

  it('happen one after the other', async () => {
    const { log, receiver, exporter } = recorded();
    const options = (n: number): CollectorOptions => ({
      pipelines: { traces: { receivers: [receiver()], exporters: [exporter({ n })] } },
    });
    const collector = createCollector({ ...options(0), runtime: { logger: recordingLogger() } });
    running.push(collector);
    // One that comes during the start waits for it.
    const started = collector.start();
    const reloads = [collector.reload(options(1)), collector.reload(options(2))];
    await started;
    await Promise.all(reloads);
    expect(log.filter((line) => line.includes('exporter'))).toEqual([
      'made exporter',
      'start exporter',
      'made exporter',
      'start exporter',
      'end exporter',
      'made exporter',
      'start exporter',
      'end exporter',
    ]);
  });

  it.each(['starts', 'ends'] as const)('give way to a shutdown while a component %s', async (when) => {
    const clock = new ManualClock();
    const from = source();
    const ended: string[] = [];
    const stuck = defineExporter({
      type: 'stuck',
      config: z.strictObject({ n: z.number() }),
      traces: ({ config: { n } }) => ({
        consume() {},
        start: () => (when === 'starts' && n === 2 ? new Promise<void>(() => {}) : undefined),
        shutdown(grace) {
          ended.push(`stuck ${n}`);
          if (when === 'starts' || n === 2) return;
          return new Promise((resolve) => grace.addEventListener('abort', () => resolve()));
        },
      }),
    });
    const options = (n: number): CollectorOptions => ({
      pipelines: { traces: { receivers: [from], exporters: [stuck({ n })] } },
    });
    const collector = createCollector({ ...options(1), runtime: { logger: recordingLogger(), clock } });
    await collector.start();
    const reload = collector.reload(options(2)).catch((error: unknown) => (error as Error).message);
    await settled();
    const shutdown = collector.shutdown({ graceMs: 100 });
    await clock.advance(3_000);
    await shutdown;
    expect(await reload).toBe('the collector was shut down while it reloaded');
    expect([...new Set(ended)].sort()).toEqual(['stuck 1', 'stuck 2']);
    expect(clock.timers).toBe(0);
    expect((await errorOf(() => from.send(spans('late')))).kind).toBe('refused');
  });

  it('leave nothing behind, however many there are', async () => {
    const { receiver, processor, exporter } = recorded();
    const options = (n: number): CollectorOptions => ({
      pipelines: {
        traces: {
          receivers: [receiver()],
          processors: [processor({ n })],
          exporters: [exporter({ n }), exporter({}, { name: 'other' })],
        },
      },
    });
    const collector = await start(options(0));
    const size = (): number => collector.balance().components.length + collector.balance().edges.length;
    const before = size();
    for (let n = 1; n <= 20; n++) await collector.reload(options(n));
    expect(size()).toBe(before);
  });
});
