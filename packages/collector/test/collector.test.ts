import { defineExporter, defineProcessor, defineReceiver, type Source } from '@tributary/component';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { createCollector, type CollectorOptions, type Pipeline, type Pipelines } from '../src/index.js';
import { noConfig, sink, source, spans } from './support.js';

const dropHealth = defineProcessor({
  type: 'drophealth',
  config: noConfig,
  traces: () => ({ process: (traces) => traces.filter(({ name }) => name !== 'health') }),
});
const logSource = defineReceiver({ type: 'logsource', config: noConfig, logs: () => ({}) });
const logSink = defineExporter({ type: 'logsink', config: noConfig, logs: () => ({ consume() {} }) });

describe('a collector', () => {
  it('takes what a receiver gives through a processor to an exporter', async () => {
    const from = source();
    const to = sink();
    await using collector = createCollector({
      pipelines: { traces: { receivers: [from], processors: [dropHealth()], exporters: [to] } },
    });
    await collector.start();
    await from.send(spans('GET /', 'health', 'POST /'));
    expect(to.names).toEqual(['GET /', 'POST /']);
  });

  it('lets several receivers into one pipeline, and one receiver into several', async () => {
    const first = source();
    const second = source({}, { name: 'second' });
    const a = sink({}, { name: 'a' });
    const b = sink({}, { name: 'b' });
    await using collector = createCollector({
      pipelines: {
        traces: { receivers: [first, second], exporters: [a] },
        'traces/b': { receivers: [first], exporters: [b] },
      },
    });
    await collector.start();
    await first.send(spans('from first'));
    await second.send(spans('from second'));
    expect([a.names, b.names]).toEqual([['from first', 'from second'], ['from first']]);
  });
});

describe('the types of a pipeline', () => {
  it('take what fits', () => {
    expectTypeOf(source()).toExtend<Source<'traces'>>();
    expectTypeOf<{ traces: Pipeline<'traces'>; 'logs/audit': Pipeline<'logs'> }>().toExtend<Pipelines>();
    expectTypeOf(createCollector).parameter(0).toEqualTypeOf<CollectorOptions>();
  });

  it('refuse what does not', () => {
    // Never called: the compiler is the test.
    const wrong = (): void => {
      // @ts-expect-error a receiver of logs cannot stand in a pipeline of traces
      createCollector({ pipelines: { traces: { receivers: [logSource()], exporters: [sink()] } } });
      // @ts-expect-error nor an exporter of logs
      createCollector({ pipelines: { traces: { receivers: [source()], exporters: [logSink()] } } });
      createCollector({
        // @ts-expect-error nor a processor of traces in a pipeline of logs
        pipelines: { logs: { receivers: [logSource()], processors: [dropHealth()], exporters: [logSink()] } },
      });
      // @ts-expect-error a pipeline carries one of four signals
      createCollector({ pipelines: { spans: { receivers: [source()], exporters: [sink()] } } });
      // @ts-expect-error a factory is no component
      createCollector({ pipelines: { traces: { receivers: [source], exporters: [sink()] } } });
      // @ts-expect-error an exporter is no receiver
      createCollector({ pipelines: { traces: { receivers: [sink()], exporters: [sink()] } } });
      // @ts-expect-error pipelines must be given
      createCollector({});
    };
    expect(wrong).toBeTypeOf('function');
  });
});
