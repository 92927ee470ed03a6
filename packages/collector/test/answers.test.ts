import { defineExtension, defineProcessor } from '@tributary/component';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createCollector, type Collector, type CollectorOptions } from '../src/index.js';
import { recordingLogger, sink, source } from './support.js';

type Answer = (query: URLSearchParams) => unknown;

/** A processor that answers what its config says. */
const knowing = defineProcessor({
  type: 'knowing',
  config: z.strictObject({ topic: z.string().default('why'), answer: z.custom<Answer>() }),
  traces: ({ config, next }) => ({
    start: (host) => host.answers(config.topic, config.answer),
    consume: (traces, context) => next.consume(traces, context),
  }),
});

const pipelinesOf = (...answers: Answer[]): CollectorOptions['pipelines'] => ({
  traces: {
    receivers: [source()],
    processors: answers.map((answer, index) => knowing({ answer }, { name: String(index) })),
    exporters: [sink()],
  },
});

async function started(
  pipelines: CollectorOptions['pipelines'],
  more: Partial<CollectorOptions> = {},
): Promise<{ readonly collector: Collector; readonly logger: ReturnType<typeof recordingLogger> }> {
  const logger = recordingLogger();
  const collector = createCollector({ runtime: { logger }, pipelines, ...more });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  return { collector, logger };
}

const saidBy = async (collector: Collector): Promise<string[]> =>
  (await collector.ask('why')).map(({ answer }) => String(answer)).toSorted();

it('all who answer a topic are asked, and those with nothing to say are left out', async () => {
  const { collector } = await started(
    pipelinesOf(
      () => 'first',
      () => undefined,
      async (query) => query.get('trace'),
    ),
  );
  const of = (component: string): object => ({ component, kind: 'processor', pipelines: ['traces'] });
  const answers = await collector.ask('why', { trace: 'abc' });
  expect(answers.toSorted((a, b) => a.component.localeCompare(b.component))).toEqual([
    { ...of('knowing/0'), answer: 'first' },
    { ...of('knowing/2'), answer: 'abc' },
  ]);
});

it('nobody answers what nobody knows', async () => {
  const { collector } = await started(pipelinesOf(() => 1));
  expect(await collector.ask('what')).toEqual([]);
});

it('an extension answers, too', async () => {
  const extension = defineExtension({
    type: 'wise',
    config: z.strictObject({}),
    create: () => ({ start: (host) => host.answers('why', () => 42) }),
  });
  const { collector } = await started(pipelinesOf(), { extensions: [extension()] });
  expect(await collector.ask('why')).toEqual([
    { component: 'wise', kind: 'extension', pipelines: [], answer: 42 },
  ]);
});

it('what an answer throws is logged and told in its place, and the others answer', async () => {
  const { collector, logger } = await started(
    pipelinesOf(
      () => {
        throw new Error('broken');
      },
      () => 'whole',
      () => Promise.reject(new Error('later')),
    ),
  );
  const answers = await collector.ask('why');
  expect(answers.map(({ answer, error }) => String(error ?? answer)).toSorted()).toEqual([
    'broken',
    'later',
    'whole',
  ]);
  expect(
    logger.lines
      .filter(({ message }) => message === 'could not answer')
      .map(({ level, fields }) => [level, fields['topic']]),
  ).toEqual([
    ['error', 'why'],
    ['error', 'why'],
  ]);
});

it.each(['', 'Why', '1', 'a b', 'a/b', 'metrics', 'balance', 'a'.repeat(64)])(
  'the topic %j is refused',
  async (topic) => {
    const processors = [knowing({ topic, answer: () => 1 })];
    const collector = createCollector({
      runtime: { logger: recordingLogger() },
      pipelines: { traces: { receivers: [source()], processors, exporters: [sink()] } },
    });
    await expect(collector.start()).rejects.toThrow(JSON.stringify(topic));
  },
);

it('a component answers a topic once', async () => {
  const twice = defineProcessor({
    type: 'twice',
    config: z.strictObject({}),
    traces: () => ({
      start(host) {
        host.answers('why', () => 1);
        host.answers('why', () => 2);
      },
      process() {},
    }),
  });
  const collector = createCollector({
    runtime: { logger: recordingLogger() },
    pipelines: { traces: { receivers: [source()], processors: [twice()], exporters: [sink()] } },
  });
  await expect(collector.start()).rejects.toThrow('topic "why" is answered already');
});

it('after a reload the new ones answer, and those that stayed', async () => {
  const stays = (): string => 'stays';
  const { collector } = await started(pipelinesOf(stays, () => 'goes'));
  await collector.reload({ pipelines: pipelinesOf(stays, () => 'comes') });
  expect(await saidBy(collector)).toEqual(['comes', 'stays']);
  await collector.reload({ pipelines: pipelinesOf(stays) });
  expect(await saidBy(collector)).toEqual(['stays']);
});

it('a reload that fails leaves those who answered, and none of the others', async () => {
  const { collector } = await started(pipelinesOf(() => 'old'));
  const pipelines = pipelinesOf(() => 'new');
  const fails = defineExtension({
    type: 'fails',
    config: z.strictObject({}),
    create: () => ({
      start() {
        throw new Error('does not start');
      },
    }),
  });
  await expect(collector.reload({ pipelines, extensions: [fails()] })).rejects.toThrow('does not start');
  expect(await saidBy(collector)).toEqual(['old']);
});

it('when all has stopped nobody answers', async () => {
  const { collector } = await started(pipelinesOf(() => 1));
  await collector.shutdown();
  expect(await collector.ask('why')).toEqual([]);
});
