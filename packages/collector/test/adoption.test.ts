import { defineExtension, defineProcessor, type Component } from '@tributary/component';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createCollector, imbalances, type Collector, type CollectorOptions } from '../src/index.js';
import { noConfig, recordingLogger, sink, source, spans } from './support.js';

/** Processors that go on with another `n`, unless it is negative, and write down what happens to them. */
function adopting() {
  const log: string[] = [];
  const processor = defineProcessor({
    type: 'adopting',
    config: z.strictObject({ n: z.number() }),
    traces: ({ id, config: { n }, next }) => {
      let now = n;
      log.push(`made ${id} ${now}`);
      return {
        consume: (traces, context) => next.consume(traces, context),
        adopt(config) {
          const { n: given } = config as { readonly n: number };
          log.push(`asked ${id} ${now} to ${given}`);
          if (given < 0) return undefined;
          return () => {
            log.push(`adopted ${id} ${given}`);
            now = given;
          };
        },
        shutdown: () => void log.push(`end ${id} ${now}`),
      };
    },
  });
  return { log, processor };
}

type Pipelines = CollectorOptions['pipelines'];
type Processor = NonNullable<Pipelines['traces']>['processors'];

const behind = (feed: ReturnType<typeof source>, processors: Processor, exporter = sink()): Pipelines => ({
  traces: { receivers: [feed], ...(processors && { processors }), exporters: [exporter] },
});

async function started(pipelines: Pipelines): Promise<Collector> {
  const collector = createCollector({ runtime: { logger: recordingLogger() }, pipelines });
  onTestFinished(async () => {
    expect(imbalances(collector.balance())).toEqual([]);
    await collector.shutdown();
  });
  await collector.start();
  return collector;
}

it('a processor that adopts another config runs on, with its books, and later reloads compare with that config', async () => {
  const { log, processor } = adopting();
  const feed = source();
  const collector = await started(behind(feed, [processor({ n: 1 })]));
  await feed.send(spans('a', 'b'));
  await collector.reload({ pipelines: behind(feed, [processor({ n: 2 })]) });
  await feed.send(spans('c'));
  await collector.reload({ pipelines: behind(feed, [processor({ n: 2 })]) });
  expect(log).toEqual(['made adopting 1', 'asked adopting 1 to 2', 'adopted adopting 2']);
  const { components } = collector.balance();
  expect(components.find(({ component }) => component === 'adopting')).toMatchObject({
    received: 3,
    passed: 3,
  });
  await collector.reload({ pipelines: behind(feed, [processor({ n: 1 })]) });
  expect(log.slice(3)).toEqual(['asked adopting 2 to 1', 'adopted adopting 1']);
});

it('one that declines is replaced', async () => {
  const { log, processor } = adopting();
  const feed = source();
  const collector = await started(behind(feed, [processor({ n: 1 })]));
  await collector.reload({ pipelines: behind(feed, [processor({ n: -1 })]) });
  expect(log).toEqual(['made adopting 1', 'asked adopting 1 to -1', 'made adopting -1', 'end adopting 1']);
});

it('one that throws when it is asked is replaced, and that is logged', async () => {
  const log: string[] = [];
  const processor = defineProcessor({
    type: 'throwing',
    config: z.strictObject({ n: z.number() }),
    traces: ({ config: { n } }) => ({
      start: () => void log.push(`start ${n}`),
      process() {},
      adopt() {
        throw new Error('no');
      },
    }),
  });
  const feed = source();
  const logger = recordingLogger();
  const collector = createCollector({ runtime: { logger }, pipelines: behind(feed, [processor({ n: 1 })]) });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  await collector.reload({ pipelines: behind(feed, [processor({ n: 2 })]) });
  expect(log).toEqual(['start 1', 'start 2']);
  expect(logger.lines).toContainEqual(
    expect.objectContaining({
      level: 'error',
      message: 'could not say whether it goes on with another config',
    }),
  );
});

it('nothing is adopted where the reload fails', async () => {
  const { log, processor } = adopting();
  const feed = source();
  const collector = await started(behind(feed, [processor({ n: 1 })]));
  const fails = (where: 'make' | 'start'): ReturnType<ReturnType<typeof defineExtension>> =>
    defineExtension({
      type: 'fails',
      config: noConfig,
      create: (): Component => {
        if (where === 'make') throw new Error('cannot be made');
        return {
          start() {
            throw new Error('does not start');
          },
        };
      },
    })();
  const pipelines = behind(feed, [processor({ n: 2 })]);
  for (const [where, message] of [
    ['make', 'cannot be made'],
    ['start', 'does not start'],
  ] as const) {
    await expect(collector.reload({ pipelines, extensions: [fails(where)] })).rejects.toThrow(message);
  }
  expect(log.filter((line) => !line.startsWith('asked'))).toEqual(['made adopting 1']);
  // It still runs under its former config: with that, nothing changes.
  log.length = 0;
  await collector.reload({ pipelines: behind(feed, [processor({ n: 1 })]) });
  expect(log).toEqual([]);
});

it('a config is adopted once its surroundings are there', async () => {
  const { log, processor } = adopting();
  const feed = source();
  const collector = await started(behind(feed, [processor({ n: 1 })]));
  const lifecycle: Component = { start: () => void log.push('start sink') };
  await collector.reload({ pipelines: behind(feed, [processor({ n: 2 })], sink({ lifecycle })) });
  expect(log.slice(1)).toEqual(['asked adopting 1 to 2', 'start sink', 'adopted adopting 2']);
});

it('of two with one id, the one that is equal stays what it is, and the other adopts what is left', async () => {
  const { log, processor } = adopting();
  const feed = source();
  const collector = await started(behind(feed, [processor({ n: 1 }), processor({ n: 2 })]));
  log.length = 0;
  await collector.reload({ pipelines: behind(feed, [processor({ n: 2 }), processor({ n: 3 })]) });
  expect(log).toEqual(['asked adopting 1 to 3', 'adopted adopting 3']);
});

it('another id is another processor', async () => {
  const { log, processor } = adopting();
  const feed = source();
  const collector = await started(behind(feed, [processor({ n: 1 })]));
  log.length = 0;
  await collector.reload({ pipelines: behind(feed, [processor({ n: 2 }, { name: 'b' })]) });
  expect(log).toEqual(['made adopting/b 2', 'end adopting 1']);
});

it('each pipeline has a processor of its own, and each is asked', async () => {
  const { log, processor } = adopting();
  const feed = source();
  const exporter = sink();
  const pipelines = (n: number): Pipelines => ({
    'traces/1': { receivers: [feed], processors: [processor({ n })], exporters: [exporter] },
    'traces/2': { receivers: [feed], processors: [processor({ n })], exporters: [exporter] },
  });
  const collector = await started(pipelines(1));
  await collector.reload({ pipelines: pipelines(2) });
  expect(log.filter((line) => line.startsWith('adopted'))).toEqual([
    'adopted adopting 2',
    'adopted adopting 2',
  ]);
});
