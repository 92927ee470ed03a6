import { telemetrySchema, type CollectorOptions } from '@tributary/collector';
import { declarationOf } from '@tributary/component';
import { inspectConfig } from '@tributary/config';
import { components } from '@tributary/distribution';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toYaml, type Plain } from '../../packages/cli/src/to-yaml.js';
import { withDefaults } from '../../packages/cli/src/with-defaults.js';
import { keyDocs } from '../../packages/distribution/src/generated/key-docs.js';
import { assertProperty } from '../support/property.js';
import { cli } from './support.js';

type Section = { readonly [key: string]: Plain };

/** The least that each component needs, by the keys that lead to it and by its name in the documentation. */
const parts: readonly (readonly [way: readonly string[], docs: string, least: Section])[] = [
  [['receivers', 'otlp'], 'receiver/otlp', { protocols: { grpc: {}, http: {} } }],
  [['processors', 'batch'], 'processor/batch', {}],
  [['processors', 'memory_limiter'], 'processor/memory_limiter', { check_interval: '1s', limit_mib: 100 }],
  [['exporters', 'otlp'], 'exporter/otlp_grpc', { endpoint: 'backend:4317' }],
  [['exporters', 'otlp_http'], 'exporter/otlp_http', { endpoint: 'http://backend:4318' }],
  [['exporters', 'file'], 'exporter/file', { path: '/tmp/out' }],
  [['exporters', 'debug'], 'exporter/debug', {}],
  [['extensions', 'health_check'], 'extension/health_check', {}],
  [['service', 'telemetry'], 'service/telemetry', {}],
];
const pipeline = {
  receivers: ['otlp'],
  processors: ['memory_limiter', 'batch'],
  exporters: ['otlp', 'otlp_http', 'file', 'debug'],
};
const service = { extensions: ['health_check'], pipelines: { traces: pipeline, metrics: pipeline } };
const env = { X: 'a$$b', N: '007' };

/** What YAML, references or a schema could take for something else. */
const text = fc.oneof(
  fc.constantFrom(...'$ $$ 5$$$$ ${X} $${X} $$$${N} p-$${N} p-${N}'.split(' ')),
  fc.constantFrom(...'${N} 0x10 007 true ~ 1h a,b !x &a 1.50 : - # % :1'.split(' ')),
  fc.constantFrom('', ' a ', 'a\nb', '\u2028', '\u007f', '${env:NONE:-x}'),
  fc.string({ maxLength: 4 }),
);
const count = fc.oneof(fc.nat(200), fc.constantFrom(0.25, 65_536, 10_000_000, 9_007_199_254_740_993n));

/** A value for a key, by what its doc comment says that it takes. */
function valueFor(type: string, values: readonly string[] | undefined): fc.Arbitrary<Plain> {
  if (values !== undefined) return fc.constantFrom(...values);
  if (type === 'section' || type === 'empty section')
    return fc.constantFrom<Plain>({}, null, { enabled: false });
  if (type === 'boolean') return fc.boolean();
  if (type === 'number') return count;
  if (type === 'duration') return fc.constantFrom('0s', '1500ms', '1m30s', '2h', '10us', '0.5s', 0);
  if (type.startsWith('list of')) return fc.oneof(fc.array(text, { maxLength: 2 }), text);
  const scalar = fc.oneof(text, count, fc.boolean());
  return type.startsWith('map') ? fc.dictionary(fc.constantFrom('x-a', 'X-B'), scalar) : scalar;
}

/** A part of a configuration with up to three keys of its own. */
function partWith(docs: string, least: Section): fc.Arbitrary<Section> {
  const keys = Object.entries(keyDocs[docs]!).filter(([key]) => !key.includes('[]'));
  // Text has the most to go wrong with.
  const ofText = keys.filter(([, { type }]) => /^(?:string|map|list of string)/.test(type));
  const setting = fc
    .oneof(fc.constantFrom(...keys), fc.constantFrom(...(ofText.length > 0 ? ofText : keys)))
    .chain(([key, { type, values }]) =>
      valueFor(type, values).map((value) => [key.split('.'), value] as const),
    );
  return fc
    .array(setting, { maxLength: 3 })
    .map((settings) => settings.reduce((part, [way, value]) => put(part, way, value), least));
}

function put(section: Section, [key, ...rest]: readonly string[], value: Plain): Section {
  const inner = section[key!];
  const below =
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Section) : {};
  return { ...section, [key!]: rest.length === 0 ? value : put(below, rest, value) };
}

/** One part as it may be, the others with the least. */
const configuration = fc.constantFrom(...parts).chain(([way, docs, least]) =>
  partWith(docs, least).map((part) => {
    const others = parts.filter(([other]) => other !== way);
    return others.reduce<Section>((all, [other, , own]) => put(all, other, own), put({ service }, way, part));
  }),
);

/** All that a collector is told. */
function completed(options: CollectorOptions): unknown {
  const config = (reference: object): unknown => [
    declarationOf(reference).id,
    declarationOf(reference).config,
  ];
  const { telemetry } = withDefaults(options, { name: 'acme', version: '1', components });
  return {
    pipelines: Object.entries(options.pipelines).map(([id, pipeline]) => [
      id,
      ...[pipeline!.receivers, pipeline!.processors ?? [], pipeline!.exporters].map((list) =>
        list.map(config),
      ),
    ]),
    extensions: options.extensions?.map(config),
    telemetry: telemetrySchema.parse(telemetry),
  };
}

it('what print-config prints is the same configuration', async () => {
  let usable = 0;
  let all = 0;
  await assertProperty(
    fc.asyncProperty(configuration, async (config) => {
      all += 1;
      const written = `yaml:${toYaml(config)}`;
      const { options } = await inspectConfig([written], { components, env });
      if (options === undefined) return;
      usable += 1;
      const argv = ['print-config', '--mode', 'unredacted', '--config', written];
      const { code, stdout } = await cli(argv, { env });
      expect(code).toBe(0);
      // Nothing is left to be put in.
      const again = await inspectConfig([`yaml:${stdout}`], { components, env: {} });
      expect(again.diagnostics).toEqual([]);
      expect(completed(again.options!)).toEqual(completed(options));
    }),
    0.05,
  );
  expect(usable / all).toBeGreaterThan(0.3);
});
