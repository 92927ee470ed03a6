import {
  ConfigError,
  defineConnector,
  defineExporter,
  defineExtension,
  defineProcessor,
  defineReceiver,
} from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCollector, type CollectorOptions } from '../src/index.js';
import { noConfig, sink, source } from './support.js';

const pass = defineProcessor({ type: 'pass', config: noConfig, traces: () => ({ process() {} }) });
const forward = defineConnector({
  type: 'forward',
  config: noConfig,
  traces: {
    traces: ({ next }) => ({ consume: (traces, context) => next.consume(traces, context) }),
    metrics: () => ({ consume() {} }),
  },
});
const metricSink = defineExporter({
  type: 'metricsink',
  config: noConfig,
  metrics: () => ({ consume() {} }),
});

/** What is wrong, a line each, without the places in this file. */
function problemsOf(options: unknown): string[] {
  try {
    createCollector(options as CollectorOptions);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.message.replaceAll(/ \([^()]*graph\.test\.ts:\d+:\d+\)/g, ' (here)').split('\n');
  }
  throw new Error('nothing was wrong');
}

describe('a graph that cannot be', () => {
  it.each<[string, () => unknown, string[]]>([
    [
      'no pipeline',
      () => ({ pipelines: {} }),
      ['service.pipelines: service must have at least one pipeline'],
    ],
    [
      'no receivers',
      () => ({ pipelines: { traces: { receivers: [], exporters: [sink()] } } }),
      ['service.pipelines.traces: must have at least one receiver'],
    ],
    [
      'no exporters',
      () => ({ pipelines: { traces: { receivers: [source()], exporters: [] } } }),
      ['service.pipelines.traces: must have at least one exporter'],
    ],
    [
      'an unknown signal',
      () => ({ pipelines: { tracing: { receivers: [source()], exporters: [sink()] } } }),
      ['service.pipelines.tracing: unknown pipeline signal: "tracing"'],
    ],
    [
      'a factory instead of a component',
      () => ({ pipelines: { traces: { receivers: [source], exporters: [sink()] } } }),
      ['service.pipelines.traces.receivers.0: not a component: call the factory, as in `batch()`'],
    ],
    [
      'a component in the wrong list',
      () => ({ pipelines: { traces: { receivers: [sink()], exporters: [sink()] } } }),
      ['service.pipelines.traces.receivers.0: "sink" is of kind exporter (here)'],
    ],
    [
      'a receiver without that signal',
      () => ({ pipelines: { metrics: { receivers: [source()], exporters: [metricSink()] } } }),
      [
        'receivers.source: failed to create "source" receiver for data type "metrics": ' +
          'telemetry type is not supported; source has traces (here)',
      ],
    ],
    [
      'a processor twice in a pipeline',
      () => {
        const processor = pass();
        return {
          pipelines: {
            traces: { receivers: [source()], processors: [processor, processor], exporters: [sink()] },
          },
        };
      },
      ['service.pipelines.traces: references processor "pass" multiple times (here)'],
    ],
    [
      'two objects with one id',
      () => ({ pipelines: { traces: { receivers: [source()], exporters: [sink(), sink()] } } }),
      [
        "exporters.sink: two exporters have this id (here) (here); use one object in both places, or give one a name: sink(config, { name: '...' })",
      ],
    ],
    [
      'a connector with the id of an exporter',
      () => {
        const link = forward();
        const other = defineExporter({
          type: 'forward',
          config: noConfig,
          traces: () => ({ consume() {} }),
        })();
        return {
          pipelines: {
            traces: { receivers: [source()], exporters: [link, other] },
            'traces/b': { receivers: [link], exporters: [sink()] },
          },
        };
      },
      [
        'connectors.forward: ambiguous ID: Found both "forward" exporter (here) and "forward" connector (here). ' +
          'Change one of the components\' IDs to eliminate ambiguity (e.g. rename "forward" connector to "forward/connector")',
      ],
    ],
    [
      'a connector that leads nowhere',
      () => ({ pipelines: { traces: { receivers: [source()], exporters: [forward()] } } }),
      [
        'connectors.forward: connector "forward" used as exporter in [traces] pipeline ' +
          'but not used in any supported receiver pipeline (here)',
      ],
    ],
    [
      'a connector that nothing leads to',
      () => ({ pipelines: { traces: { receivers: [forward()], exporters: [sink()] } } }),
      [
        'connectors.forward: connector "forward" used as receiver in [traces] pipeline ' +
          'but not used in any supported exporter pipeline (here)',
      ],
    ],
    [
      'a connector without such a pair',
      () => {
        const link = forward();
        return {
          pipelines: {
            metrics: {
              receivers: [defineReceiver({ type: 'm', config: noConfig, metrics: () => ({}) })()],
              exporters: [link],
            },
            traces: { receivers: [link], exporters: [sink()] },
          },
        };
      },
      [
        'connectors.forward: connector "forward" used as exporter in [metrics] pipeline ' +
          'but not used in any supported receiver pipeline (here)',
        'connectors.forward: connector "forward" used as receiver in [traces] pipeline ' +
          'but not used in any supported exporter pipeline (here)',
      ],
    ],
    [
      'a cycle',
      () => {
        const a = forward({}, { name: 'a' });
        const b = forward({}, { name: 'b' });
        return {
          pipelines: {
            traces: { receivers: [source()], exporters: [a] },
            'traces/a': { receivers: [a, b], processors: [pass()], exporters: [b] },
            'traces/b': { receivers: [b], exporters: [sink()] },
          },
        };
      },
      [
        'service.pipelines: cycle detected: connector "forward/b" (traces to traces) -> ' +
          'processor "pass" in pipeline "traces/a" -> connector "forward/b" (traces to traces)',
      ],
    ],
    [
      'extensions that need one another',
      () => {
        const knot: { other?: object } = {};
        const extension = defineExtension({
          type: 'ext',
          config: z.strictObject({ other: z.custom<typeof knot>() }),
          create: () => ({}),
        });
        const first = extension({ other: knot });
        knot.other = first;
        return {
          extensions: [first],
          pipelines: { traces: { receivers: [source()], exporters: [sink()] } },
        };
      },
      ['service.extensions: unable to order extensions by dependencies, cycle found [ext -> ext]'],
    ],
    [
      'something else among the extensions',
      () => ({
        extensions: [sink()],
        pipelines: { traces: { receivers: [source()], exporters: [sink()] } },
      }),
      ['service.extensions.0: is not an extension (here)'],
    ],
  ])('is told: %s', (_, options, problems) => {
    expect(problemsOf(options())).toEqual(problems);
  });

  it('tells everything that is wrong at once', () => {
    expect(
      problemsOf({
        pipelines: { traces: { receivers: [], exporters: [] }, spans: { receivers: [], exporters: [] } },
      }),
    ).toHaveLength(3);
  });
});

describe('instances', () => {
  const made: string[] = [];
  const counting = {
    receiver: defineReceiver({
      type: 'r',
      config: noConfig,
      shared: () => void made.push('shared r') as never,
      traces: () => (made.push('r traces'), {}),
      metrics: () => (made.push('r metrics'), {}),
    }),
    processor: defineProcessor({
      type: 'p',
      config: noConfig,
      shared: () => {
        made.push('shared p');
        return { note: 'one for all', shutdown() {} };
      },
      traces: ({ shared }) => (made.push(`p traces ${shared.note}`), { process() {} }),
    }),
    exporter: defineExporter({
      type: 'e',
      config: noConfig,
      traces: ({ signal }) => (made.push(`e ${signal}`), { consume() {} }),
      metrics: ({ signal }) => (made.push(`e ${signal}`), { consume() {} }),
    }),
  };

  it('are one per object and signal, of processors one per pipeline, with one shared each', async () => {
    made.length = 0;
    const r = counting.receiver();
    const p = counting.processor();
    const e = counting.exporter();
    await using _ = createCollector({
      pipelines: {
        traces: { receivers: [r], processors: [p], exporters: [e] },
        'traces/b': { receivers: [r], processors: [p], exporters: [e] },
        metrics: { receivers: [r], exporters: [e] },
      },
    });
    expect(made).toEqual([
      'e traces',
      'shared p',
      'p traces one for all',
      'p traces one for all',
      'e metrics',
      'shared r',
      'r traces',
      'r metrics',
    ]);
  });

  it('of two processors of one id in a pipeline are told apart in the books', async () => {
    await using collector = createCollector({
      pipelines: { traces: { receivers: [source()], processors: [pass(), pass()], exporters: [sink()] } },
    });
    expect(collector.balance().components.map(({ component }) => component)).toEqual([
      'sink',
      'pass#2',
      'pass',
      'source',
    ]);
  });

  it('count once when a list names them twice', async () => {
    const to = sink();
    const from = source();
    await using collector = createCollector({
      pipelines: { traces: { receivers: [from, from], exporters: [to, to] } },
    });
    expect(collector.balance().edges).toHaveLength(1);
  });

  it('are given what their kind says', async () => {
    const given: Record<string, string[]> = {};
    const note = (kind: string, settings: object): void => {
      given[kind] = Object.keys(settings).sort();
    };
    const receiver = defineReceiver({
      type: 'r',
      config: noConfig,
      traces: (settings) => (note('receiver', settings), {}),
    });
    const exporter = defineExporter({
      type: 'e',
      config: noConfig,
      traces: (settings) => (note('exporter', settings), { consume() {} }),
    });
    await using _ = createCollector({
      pipelines: { traces: { receivers: [receiver()], exporters: [exporter()] } },
    });
    const all = [
      'clock',
      'config',
      'dns',
      'fs',
      'handle',
      'id',
      'ledger',
      'logger',
      'meter',
      'meterProvider',
    ];
    expect(given).toEqual({
      receiver: [...all, 'next', 'random', 'shared'],
      exporter: [...all, 'random', 'shared', 'signal'],
    });
  });

  it('that cannot be made are named, and what was made before is shut down', () => {
    const stopped: string[] = [];
    const lifecycle = { shutdown: () => void stopped.push('sink') };
    const broken = defineReceiver({
      type: 'broken',
      config: noConfig,
      traces: (): never => {
        throw new Error('no such device');
      },
    });
    const make = (): unknown =>
      createCollector({ pipelines: { traces: { receivers: [broken()], exporters: [sink({ lifecycle })] } } });
    expect(make).toThrow('failed to create "broken" receiver for data type "traces": no such device');
    expect(stopped).toEqual(['sink']);
  });

  it('without a way to take data are named', () => {
    const empty = defineProcessor({ type: 'empty', config: noConfig, traces: () => ({}) as never });
    expect(() =>
      createCollector({
        pipelines: { traces: { receivers: [source()], processors: [empty()], exporters: [sink()] } },
      }),
    ).toThrow('failed to create "empty" processor, in pipeline "traces": it has no `process` or `consume`');
  });
});
