import { declarationOf, defineConnector, defineExporter, defineProcessor } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { checkPipelines, createCollector, type CollectorOptions, type GraphProblem } from '../src/index.js';
import { noConfig, sink, source } from './support.js';

const pass = defineProcessor({ type: 'pass', config: noConfig, traces: () => ({ process() {} }) });
const link = defineConnector({
  type: 'link',
  config: noConfig,
  traces: { traces: ({ next }) => ({ consume: (traces, context) => next.consume(traces, context) }) },
});

/** As a loader gives them: what was written is not known to the compiler. */
const check = (options: unknown): readonly GraphProblem[] => checkPipelines(options as CollectorOptions);

describe('checkPipelines', () => {
  it('has nothing against a graph that can be, and makes nothing of it', () => {
    let made = 0;
    const counted = defineExporter({
      type: 'counted',
      config: noConfig,
      traces() {
        made++;
        return { consume() {} };
      },
    });
    const pipelines = { traces: { receivers: [source()], processors: [pass()], exporters: [counted()] } };
    expect(check({ pipelines })).toEqual([]);
    expect(made).toBe(0);
    createCollector({ pipelines });
    expect(made).toBe(1);
  });

  it('names the component and the pipeline, and leaves the place to the loader', () => {
    const receiver = source();
    const problems = check({ pipelines: { metrics: { receivers: [receiver], exporters: [sink()] } } });
    expect(problems).toMatchObject([
      { path: ['receivers', 'source'], declaration: declarationOf(receiver), pipeline: 'metrics' },
      { path: ['exporters', 'sink'], pipeline: 'metrics' },
    ]);
    for (const { message } of problems) expect(message).not.toContain('check-pipelines.test.ts');
  });

  it('tells of a component in the wrong list, and of one that is named twice, where they stand', () => {
    const processor = pass();
    const processors = [processor, processor, sink({}, { name: 'other' })];
    expect(
      check({ pipelines: { traces: { receivers: [source()], processors, exporters: [sink()] } } }),
    ).toMatchObject([
      {
        path: ['service', 'pipelines', 'traces', 'processors', 2],
        message: '"sink/other" is of kind exporter',
      },
      {
        path: ['service', 'pipelines', 'traces'],
        message: 'references processor "pass" multiple times',
        declaration: declarationOf(processor),
      },
    ]);
  });

  it('tells of everything at once: connectors without another end, and ids that are not clear', () => {
    const connector = link();
    const problems = check({
      pipelines: {
        traces: { receivers: [source()], exporters: [connector, sink(), sink()] },
        metrics: { receivers: [source()], exporters: [sink({}, { name: 'm' })] },
      },
    });
    expect(problems.map(({ path }) => path.join('.')).toSorted()).toEqual([
      'connectors.link',
      'exporters.sink',
      'exporters.sink/m',
      'receivers.source',
      'receivers.source',
    ]);
  });

  it('names a pipeline of a cycle', () => {
    const connector = link();
    const pipelines = {
      traces: { receivers: [source(), connector], exporters: [connector] },
    };
    expect(check({ pipelines })).toMatchObject([
      {
        path: ['service', 'pipelines'],
        message: 'cycle detected: connector "link" (traces to traces) -> connector "link" (traces to traces)',
        pipeline: 'traces',
      },
    ]);
  });

  it.each<[string, unknown]>([
    ['without pipelines', {}],
    ['with one that is not there', { traces: undefined }],
  ])('has something against a service %s', (_, pipelines) => {
    expect(check({ pipelines })).toEqual([
      { path: ['service', 'pipelines'], message: 'service must have at least one pipeline' },
    ]);
  });

  it('finds what createCollector refuses', () => {
    const options = { pipelines: { traces: { receivers: [], exporters: [sink()] } } };
    const [problem] = check(options);
    expect(() => createCollector(options)).toThrow(`service.pipelines.traces: ${problem!.message}`);
  });
});
