import { declarationOf, definitionOf, type AnyFactory } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { buildOptions } from '../src/build-options.js';
import type { ComponentEntry } from '../src/components.js';
import { components, inspect, told } from './support.js';

const service = 'service: { pipelines: { traces: { receivers: [in], exporters: [spans] } } }';
const smallest = `receivers: { in: }\nexporters: { spans: }\n${service}`;

/** An entry that tells when it is loaded. */
function lazily(factory: AnyFactory, loaded: string[], names: Partial<ComponentEntry> = {}): ComponentEntry {
  const { kind, type, aliases } = definitionOf(factory);
  return {
    kind,
    type,
    aliases,
    load() {
      loaded.push(`${kind} ${type}`);
      return Promise.resolve(factory);
    },
    ...names,
  };
}

describe('the options', () => {
  it('are what code would have written', async () => {
    const { options, diagnostics } = await inspect(`
receivers: { in: , in/second: }
processors: { group: }
exporters: { spans: , out: { endpoint: a } }
connectors: { count: }
extensions: { store: }
service:
  extensions: [store]
  telemetry: { metrics: { level: basic } }
  pipelines:
    traces: { receivers: [in, in/second], processors: [group], exporters: [spans, count] }
    metrics/counts: { receivers: [count], exporters: [out] }
`);
    expect(diagnostics).toEqual([]);
    const ids = (references: readonly object[] = []): string[] =>
      references.map((each) => declarationOf(each).id);
    expect(
      Object.entries(options!.pipelines).map(([id, pipeline]) => [
        id,
        ids(pipeline!.receivers),
        ids(pipeline!.processors),
        ids(pipeline!.exporters),
      ]),
    ).toEqual([
      ['traces', ['in', 'in/second'], ['group'], ['spans', 'count']],
      ['metrics/counts', ['count'], [], ['out']],
    ]);
    expect(ids(options!.extensions)).toEqual(['store']);
    expect(options!.telemetry).toEqual({ metrics: { level: 'basic' } });
  });

  it('have one object for what several pipelines name', async () => {
    const { options } = await inspect(
      `receivers: { in: }\nexporters: { spans: }\nservice: { pipelines: { traces: &p { receivers: [in], exporters: [spans] }, traces/b: *p } }`,
    );
    const { traces, 'traces/b': other } = options!.pipelines;
    expect(traces!.receivers[0]).toBe(other!.receivers[0]);
  });

  it('know where each component is written', async () => {
    const { options } = await inspect(smallest);
    const { origin } = declarationOf(options!.pipelines.traces!.exporters[0]!);
    expect(origin).toEqual({ file: 'test.yaml', line: 2, column: 14 });
  });

  it('keep the older name that a component is given', async () => {
    const { options, diagnostics } = await inspect(
      `receivers: { in: }\nexporters: { old_out/a: { endpoint: b } }\nservice: { pipelines: { traces: { receivers: [in], exporters: [old_out/a] } } }`,
    );
    expect(declarationOf(options!.pipelines.traces!.exporters[0]!).id).toBe('old_out/a');
    expect(diagnostics).toEqual([]);
  });

  it('are none where there is no tree', async () => {
    expect(await buildOptions(undefined, { components })).toEqual({
      options: undefined,
      parts: new Map(),
      diagnostics: [],
    });
  });
});

describe('components', () => {
  it('are loaded when a configuration names them', async () => {
    const loaded: string[] = [];
    const entries = components.map((entry) => lazily(entry as AnyFactory, loaded));
    const { options } = await inspect(smallest, { components: entries });
    expect(options).toBeDefined();
    expect(loaded.toSorted()).toEqual(['exporter spans', 'receiver in']);
  });

  it('that cannot be loaded are named', async () => {
    const broken: ComponentEntry = {
      kind: 'exporter',
      type: 'spans',
      load: () => Promise.reject(new Error('no such package')),
    };
    const entries = [...components.filter(({ type }) => type !== 'spans'), broken];
    expect(await told(smallest, { components: entries })).toEqual([
      'error[broken-component] exporters.spans: the package of this exporter could not be loaded: no such package @ spans',
    ]);
  });

  it('whose package has other names than the list are named', async () => {
    const spans = components.find(({ type }) => type === 'spans') as AnyFactory;
    const entries = [
      ...components.filter(({ type }) => type !== 'spans'),
      lazily(spans, [], { aliases: ['traces_only'] }),
    ];
    const [line] = await told(smallest, { components: entries });
    expect(line).toContain(
      'the list of components has exporter spans, alias traces_only, its package exporter spans',
    );
  });

  it('that no pipeline names are checked, and warned of', async () => {
    const text = `receivers: { in: , in/b: }\nexporters: { spans: , out: { endpoint: [] } }\nextensions: { store: }\n${service}`;
    expect(await told(text)).toEqual([
      'error[wrong-type] exporters.out.endpoint: must be text, got a list @ []',
      'warning[unused-component] receivers.in/b: is configured and in no pipeline (list in/b in a pipeline, or remove it) @ in/b',
      'warning[unused-component] exporters.out: is configured and in no pipeline (list out in a pipeline, or remove it) @ out',
      'warning[unused-component] extensions.store: is configured and never starts (list store in service.extensions, or remove it) @ store',
    ]);
  });

  it.each([
    ['exporters', 'span', 'unknown-component', 'unknown type: "span" for id: "span" (did you mean spans?)'],
    ['exporters', 'x/y', 'unknown-component', 'unknown type: "x" for id: "x/y" (known are out, spans)'],
    [
      'exporters',
      'kafka',
      'unavailable-component',
      'the exporter kafka of the Collector does not exist here (remove it, here and where it is listed)',
    ],
    [
      'exporters',
      'logging',
      'unknown-component',
      'the logging exporter has been deprecated, use the debug exporter instead',
    ],
    [
      'processors',
      'store',
      'unknown-component',
      'unknown type: "store" for id: "store": there is no such processor (store is of kind extension: move it to extensions)',
    ],
    [
      'exporters',
      'o-ut',
      'invalid-id',
      'in "o-ut" id: invalid character(s) in type "o-ut" (did you mean out?)',
    ],
    [
      'exporters',
      'out-b',
      'invalid-id',
      'in "out-b" id: invalid character(s) in type "out-b" (did you mean out/b?)',
    ],
  ])('in %s, %s is %s', async (section, id, code, message) => {
    const others =
      section === 'exporters'
        ? `exporters: { spans: , ${id}: }`
        : `exporters: { spans: }\n${section}: { ${id}: }`;
    expect(await told(`receivers: { in: }\n${others}\n${service}`)).toEqual([
      expect.stringContaining(`error[${code}] ${section}.${id}: ${message}`),
    ]);
  });

  it('that the Collector has are not taken for those of another kind', async () => {
    const entries: ComponentEntry[] = [
      ...components,
      { kind: 'exporter', type: 'kafka', load: () => Promise.reject(new Error('not asked for')) },
    ];
    const text = `receivers: { in: , kafka: }\nexporters: { spans: }\n${service}`;
    expect(await told(text, { components: entries })).toEqual([
      expect.stringContaining('error[unavailable-component] receivers.kafka:'),
    ]);
  });

  it('have ids of their own, however they are spaced', async () => {
    expect(
      await told(`receivers: { in: }\nexporters: { spans: , "spans/a": , "spans / a": }\n${service}`),
    ).toContain(
      'error[duplicate-id] exporters.spans / a: duplicate name "spans / a": another key is the id spans/a, too @ "spans / a"',
    );
  });
});

describe('sections', () => {
  it.each([
    [
      '',
      [
        'error[empty-configuration] : empty configuration: it has none of the sections (a configuration has receivers, processors, exporters, connectors, extensions, service)',
      ],
    ],
    [
      `exporter: { spans: }\nreceivers: { in: }\n${service}`,
      ['error[unknown-key] exporter: unknown key (did you mean exporters?) @ exporter'],
    ],
    [`spans: \n${smallest}`, ['error[unknown-key] spans: unknown key (move it into exporters) @ spans']],
    [
      `receivers: { in: }\nexporters: { spans: }\npipelines: {}\nservice:`,
      ['error[unknown-key] pipelines: unknown key (move it into service) @ pipelines'],
    ],
    [
      `plugins: \n${smallest}`,
      [
        'error[unknown-key] plugins: unknown key (known are receivers, processors, exporters, connectors, extensions, service) @ plugins',
      ],
    ],
    [
      `receivers: [in]\nexporters: { spans: }\n${service}`,
      ['error[wrong-type] receivers: must be a map of receiver ids to their settings, got a list @ [in]'],
    ],
    [
      `receivers:\nexporters: { spans: }\nservice: { pipelines: { traces: { receivers: [], exporters: [spans] } } }`,
      [
        'error[missing-section] receivers: no receiver configuration specified in config @ receivers',
        'error[missing-component] service.pipelines.traces: must have at least one receiver @ receivers',
      ],
    ],
    [
      'receivers: { in: }\nexporters: { spans: }',
      [
        'error[missing-section] service.pipelines: service must have at least one pipeline (such as "pipelines: { traces: { receivers: [otlp], exporters: [debug] } }")',
      ],
    ],
  ])('%j', async (text, expected) => {
    expect(await told(text)).toEqual(expected);
  });
});
