import { describe, expect, it } from 'vitest';
import { inspect, told } from './support.js';

const parts = `
receivers: { in: }
processors: { group: }
exporters: { out: { endpoint: a }, spans: }
connectors: { forward: , count: }
extensions: { store: }
`;

/** What is said of a service, errors alone. */
async function saidOf(service: string, sections: string = parts): Promise<string[]> {
  return (await told(`${sections}service:${service}`)).filter((line) => line.startsWith('error'));
}

describe('the service', () => {
  it.each([
    [' traces', ['error[wrong-type] service: must be a map, got text @ traces']],
    [' { pipelines: [] }', ['error[wrong-type] service.pipelines: must be a map, got a list @ []']],
    [
      ' { pipeline: {} }',
      ['error[unknown-key] service.pipeline: unknown key (did you mean pipelines?) @ pipeline'],
    ],
    [
      ' { pipelines: { trace: {} } }',
      [
        'error[unknown-signal] service.pipelines.trace: unknown pipeline signal: "trace" (did you mean traces?) @ trace',
      ],
    ],
    [
      ' { pipelines: { traces/: {} } }',
      [
        'error[invalid-id] service.pipelines.traces/: in "traces/" id: the part after / should not be empty @ traces/',
      ],
    ],
    [
      ' { pipelines: { traces: [] } }',
      ['error[wrong-type] service.pipelines.traces: must be a map, got a list @ []'],
    ],
    [
      ' { pipelines: { traces: } }',
      [
        'error[missing-component] service.pipelines.traces: must have at least one receiver @ traces',
        'error[missing-component] service.pipelines.traces: must have at least one exporter @ traces',
      ],
    ],
    [
      ' { pipelines: { traces: { receivers: [in], exporter: [out] } } }',
      [
        'error[unknown-key] service.pipelines.traces.exporter: unknown key (did you mean exporters?) @ exporter',
      ],
    ],
    [
      ' { pipelines: { traces: { receivers: in, exporters: [out] } } }',
      [
        'error[wrong-type] service.pipelines.traces.receivers: must be a list of ids, got text (write [in]) @ in',
      ],
    ],
    [
      ' { pipelines: { traces: { receivers: [in], exporters: [{ out: }] } } }',
      [
        'error[wrong-type] service.pipelines.traces.exporters.0: must be the id of a component, got a map @ { out: }',
      ],
    ],
    [
      ' { pipelines: { traces: { receivers: [in], processors: [group, group], exporters: [out] } } }',
      [
        'error[duplicate-reference] service.pipelines.traces.processors.1: references processor "group" multiple times @ group',
      ],
    ],
    [
      ' { pipelines: { "traces/a": &p { receivers: [in], exporters: [out] }, "traces / a": *p } }',
      [
        'error[duplicate-id] service.pipelines.traces / a: duplicate name "traces / a": another key is the id traces/a, too @ "traces / a"',
      ],
    ],
    [
      ' { telemetry: { metrics: { level: ful } }, pipelines: { traces: { receivers: [in], exporters: [out] } } }',
      [
        'error[invalid-value] service.telemetry.metrics.level: unknown metrics level "ful"; must be one of none, basic, normal, detailed @ ful',
      ],
    ],
    [
      ' { telemetry: { logs: { level: inof } }, pipelines: { traces: { receivers: [in], exporters: [out] } } }',
      [
        'error[invalid-value] service.telemetry.logs.level: unrecognized level: "inof"; must be one of debug, info, warn, error, dpanic, panic, fatal (did you mean info?) @ inof',
      ],
    ],
    [
      ' { extensions: [stor], pipelines: { traces: { receivers: [in], exporters: [out] } } }',
      [
        'error[undefined-component] service.extensions.0: references extension "stor" which is not configured (did you mean store?) @ stor',
      ],
    ],
  ])('%s', async (service, expected) => {
    expect(await saidOf(service)).toEqual(expected);
  });

  it.each([
    [
      '[ni]',
      '[out]',
      'receivers.0: references receiver "ni" which is not configured (did you mean in?) @ ni',
    ],
    [
      '[out]',
      '[out]',
      'receivers.0: references receiver "out" which is not configured ("out" is configured as an exporter) @ out',
    ],
    [
      '[in]',
      '[out/b]',
      'exporters.0: references exporter "out/b" which is not configured (did you mean out?) @ out/b',
    ],
    [
      '[in]',
      '[in-valid]',
      'exporters.0: in "in-valid" id: invalid character(s) in type "in-valid" @ in-valid',
    ],
  ])('names what is not there: receivers %s, exporters %s', async (receivers, exporters, expected) => {
    const said = await saidOf(
      ` { pipelines: { traces: { receivers: ${receivers}, exporters: ${exporters} } } }`,
    );
    expect(said.map((line) => line.replace(/^error\[\S+\] service\.pipelines\.traces\./, ''))).toEqual([
      expected,
    ]);
  });

  it('says where to write what is not configured', async () => {
    const text = `receivers: { in: }\nexporters: { spans: }\nservice: { pipelines: { traces: { receivers: [in], exporters: [spans, count] } } }`;
    expect(await told(text)).toEqual([
      'error[undefined-component] service.pipelines.traces.exporters.1: references exporter "count" which is not configured (add "count:" to the section connectors) @ count',
    ]);
  });
});

describe('the graph', () => {
  it.each([
    [
      'a signal that a component does not have',
      '{ metrics: { receivers: [in], exporters: [spans] } }',
      [
        'error[unsupported-signal] service.pipelines.metrics.exporters.0: failed to create "spans" exporter for data type "metrics": telemetry type is not supported; spans has traces @ spans',
      ],
    ],
    [
      'a connector that nothing follows',
      '{ traces: { receivers: [in], exporters: [out, forward] } }',
      [
        'error[unconnected-connector] service.pipelines.traces.exporters.1: connector "forward" used as exporter in [traces] pipeline but not used in any supported receiver pipeline (list it under receivers of another pipeline, of a signal that goes with this one) @ forward',
      ],
    ],
    [
      'a circle',
      '{ traces/a: { receivers: [in, forward], exporters: [out, forward] } }',
      [
        'error[pipeline-cycle] service.pipelines.traces/a.exporters.1: cycle detected: connector "forward" (traces to traces) -> connector "forward" (traces to traces) @ forward',
      ],
    ],
    [
      'a wrong signal beside a hole',
      '{ metrics: { receivers: [in, ni], exporters: [spans, forward] } }',
      [
        'error[undefined-component] service.pipelines.metrics.receivers.1: references receiver "ni" which is not configured (did you mean in?) @ ni',
        'error[unsupported-signal] service.pipelines.metrics.exporters.0: failed to create "spans" exporter for data type "metrics": telemetry type is not supported; spans has traces @ spans',
      ],
    ],
  ])('of %s is refused', async (_, pipelines, expected) => {
    expect(await saidOf(` { pipelines: ${pipelines} }`)).toEqual(expected);
  });

  it('names the component that is in the way', async () => {
    const { diagnostics } = await inspect(
      `${parts}service: { pipelines: { metrics: { receivers: [in], exporters: [spans] } } }`,
    );
    const [related] = diagnostics.find(({ code }) => code === 'unsupported-signal')!.related!;
    expect(related!.message).toBe('the exporter');
    expect(related!.place.source.text.slice(related!.place.start, related!.place.end)).toBe('spans');
  });

  it('has no connector of the name of an exporter', async () => {
    const sections = 'receivers: { in: }\nexporters: { forward: , spans: }\nconnectors: { forward: }\n';
    const { diagnostics } = await inspect(
      `${sections}service: { pipelines: { traces: { receivers: [in], exporters: [spans] } } }`,
    );
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        code: 'ambiguous-id',
        message:
          'ambiguous ID: Found both "forward" exporter and "forward" connector. Change one of the components\' IDs to eliminate ambiguity',
        hint: 'rename the connector, for example to "forward/connector"',
      }),
    );
  });
});
