import path from 'node:path';
import { runCli, type CliOptions } from '@tributary/cli';
import { definitionOf } from '@tributary/component';
import { components } from '@tributary/distribution';
import { batch } from '@tributary/processor-batch';
import { describe, expect, it } from 'vitest';
import { plainOf } from '../../packages/cli/src/plain.js';
import { parseYaml, wholeOf } from '../../packages/config/src/yaml.js';
import type { JsonSchema } from '../../packages/cli/src/schema/json-schema.js';
import { keyDocs } from '../../packages/distribution/src/generated/key-docs.js';
import { schemaProblems } from '../support/json-schema.js';
import { readText, repositoryFiles } from '../support/repository-files.js';
import { repositoryRoot } from '../support/tree.js';

/** What the command `schema` of a program prints. */
async function printed(options: Pick<CliOptions, 'components' | 'docs'>): Promise<JsonSchema> {
  let text = '';
  const stdout = { write: (part: string) => (text += part) };
  expect(await runCli({ name: 'test', version: '1.0.0', argv: ['schema'], stdout, ...options })).toBe(0);
  return JSON.parse(text) as JsonSchema;
}

const definitions = await Promise.all(
  components.map(async (entry) => definitionOf('load' in entry ? await entry.load() : entry)),
);
const schema = await printed({ components, docs: async () => keyDocs });
const problemsOf = (value: unknown): string[] => schemaProblems(schema, value);

/** A configuration with this one component, whose type may be followed by a name. */
const withOne = (kind: string, id: string, config: unknown): object => ({ [`${kind}s`]: { [id]: config } });

describe('the JSON Schema of a configuration', () => {
  it('takes every component under each of its names, and no other', () => {
    for (const { kind, type, aliases } of definitions) {
      for (const name of [type, ...aliases]) {
        expect(problemsOf(withOne(kind, name, '${file:one.yaml}'))).toEqual([]);
        expect(problemsOf(withOne(kind, `${name}/two`, '${file:one.yaml}'))).toEqual([]);
      }
      expect(problemsOf(withOne(kind, `${type}s`, {}))).toEqual([`.${kind}s.${type}s: not allowed`]);
    }
  });

  it.each([
    ['nothing behind a section', withOne('processor', 'batch', null)],
    ['nothing behind a protocol', withOne('receiver', 'otlp', { protocols: { grpc: null } })],
    ['a substitution for a number', withOne('processor', 'batch', { send_batch_size: '${env:SIZE}' })],
    ['a substitution for a duration', withOne('processor', 'batch', { timeout: '${env:T:-5s}' })],
    ['a substitution for a word', withOne('exporter', 'otlp', { endpoint: 'x:1', compression: '${env:C}' })],
    [
      'a substitution for a section',
      withOne('exporter', 'otlp', { endpoint: 'x:1', tls: '${file:tls.yaml}' }),
    ],
    ['a substitution for a list', withOne('processor', 'batch', { metadata_keys: '${yaml:[a]}' })],
    ['0 as a duration', withOne('processor', 'batch', { timeout: 0 })],
    ['a number where text is wanted', withOne('exporter', 'otlp', { endpoint: 4317, headers: { key: 1 } })],
    ['a version as a number', withOne('exporter', 'otlp', { endpoint: 'x:1', tls: { min_version: 1.2 } })],
    [
      'headers as a list',
      withOne('exporter', 'otlp', { endpoint: 'x:1', headers: [{ name: 'a', value: 'b' }] }),
    ],
    ['a level in capitals', { service: { telemetry: { logs: { level: 'DEBUG' } } } }],
    [
      'attributes by name',
      { service: { telemetry: { resource: { team: 'core', 'service.version': null } } } },
    ],
    ['a section that is off', withOne('receiver', 'otlp', { protocols: { grpc: { enabled: false } } })],
    [
      'a named pipeline',
      { service: { pipelines: { 'logs/audit': { receivers: ['otlp'], exporters: ['nop'] } } } },
    ],
    ['a part that another file completes', { processors: { batch: {} } }],
  ])('takes %s', (_, value) => {
    expect(problemsOf(value)).toEqual([]);
  });

  it.each([
    ['a section that there is not', { recievers: {} }, '.recievers: not allowed'],
    [
      'a misspelt key',
      withOne('processor', 'batch', { timeot: '1s' }),
      '.processors.batch.timeot: not allowed',
    ],
    [
      'a misspelt key deep inside',
      withOne('exporter', 'otlp', { endpoint: 'x:1', sending_queue: { batch: { min_sise: 1 } } }),
      '.exporters.otlp.sending_queue.batch.min_sise: not allowed',
    ],
    [
      'a key that is refused by name',
      withOne('exporter', 'otlp', { endpoint: 'x:1', auth: { authenticator: 'a' } }),
      '.exporters.otlp.auth: not',
    ],
    ['a missing key', withOne('exporter', 'otlp', {}), '.exporters.otlp.endpoint: required'],
    ['nothing where a key is required', withOne('exporter', 'otlp', null), '.exporters.otlp: type'],
    [
      'a duration without unit',
      withOne('processor', 'batch', { timeout: '5' }),
      '.processors.batch.timeout: pattern',
    ],
    [
      'a duration as a number',
      withOne('processor', 'batch', { timeout: 5 }),
      '.processors.batch.timeout: maximum',
    ],
    [
      'a negative duration',
      withOne('processor', 'batch', { timeout: '-5s' }),
      '.processors.batch.timeout: pattern',
    ],
    [
      'text for a number',
      withOne('processor', 'batch', { send_batch_size: 'many' }),
      '.processors.batch.send_batch_size: pattern',
    ],
    [
      'a negative count',
      withOne('processor', 'batch', { send_batch_size: -1 }),
      '.processors.batch.send_batch_size: minimum',
    ],
    [
      'a word that is none',
      withOne('exporter', 'debug', { verbosity: 'loud' }),
      '.exporters.debug.verbosity: anyOf',
    ],
    [
      'a signal that there is not',
      { service: { pipelines: { spans: {} } } },
      '.service.pipelines.spans: not allowed',
    ],
    ['a list for a section', withOne('processor', 'batch', []), '.processors.batch: type'],
    [
      'an unknown key of the telemetry',
      {
        service: {
          telemetry: {
            metrics: { readers: [{ pull: { exporter: { prometheus: { host: 'x', prt: 1, port: 1 } } } }] },
          },
        },
      },
      '.service.telemetry.metrics.readers[0].pull.exporter.prometheus.prt: not allowed',
    ],
  ])('refuses %s', (_, value, problem) => {
    expect(problemsOf(value)).toEqual([problem]);
  });

  it('says of every key what its doc comment says', () => {
    for (const { kind, type } of definitions) {
      const id = `${kind}/${type}`;
      const root = schema.$defs![id]!;
      for (const [key, { doc }] of Object.entries(keyDocs[id]!))
        expect([key, at(root, key)?.description]).toEqual([key, doc]);
      expect(keysOf(root, keyDocs[id]!).toSorted()).toEqual(Object.keys(keyDocs[id]!).toSorted());
    }
    const telemetry = schema.properties!['service']!.properties!['telemetry']!;
    expect(keysOf(telemetry, keyDocs['service/telemetry']!).toSorted()).toEqual(
      Object.keys(keyDocs['service/telemetry']!).toSorted(),
    );
  });

  it('has no default but that of the doc comment', () => {
    const {
      timeout,
      metadata_keys: keys,
      send_batch_size: size,
    } = schema.$defs!['processor/batch']!.properties!;
    expect([timeout!.default, keys!.default, size!.default]).toEqual(['200ms', [], 8192]);
    for (const { kind, type } of definitions) {
      const id = `${kind}/${type}`;
      for (const [key, { default: documented = '' }] of Object.entries(keyDocs[id]!)) {
        const value = at(schema.$defs![id]!, key)?.default;
        if (value === undefined || !/^['"[\d]|^(true|false)$/.test(documented)) continue;
        expect([id, key, value]).toEqual([id, key, JSON.parse(documented.replaceAll("'", '"'))]);
      }
    }
  });

  it('knows the keys of a program’s own components, documented or not', async () => {
    const own = await printed({ components: [batch] });
    expect(schemaProblems(own, withOne('processor', 'batch', { send_batch_size: 1, timeout: '1s' }))).toEqual(
      [],
    );
    expect(schemaProblems(own, withOne('processor', 'batch', { send_batch_sise: 1 }))).toEqual([
      '.processors.batch.send_batch_sise: not allowed',
    ]);
    expect(schemaProblems(own, withOne('exporter', 'nop', {}))).toEqual(['.exporters.nop: not allowed']);
  });
});

describe('the files that an editor sees', () => {
  const examples = repositoryFiles('.yaml', 'examples/agent-to-gateway');
  // Keys with `::` are sections to the loader alone.
  const correct = repositoryFiles('.yaml', 'test/config/correct').filter(
    (file) => !file.endsWith('/double-colon-keys.yaml'),
  );

  // These are merged over others, in which the keys stand that are required.
  const parts = examples.filter((file) => /\/(demo(-\w+)?|host)\.yaml$/.test(file));
  const wholes = examples.filter((file) => !parts.includes(file));

  it.each([...wholes, ...correct])('%s has no mistake', (file) => {
    expect(problemsOf(written(file))).toEqual([]);
  });

  it.each(parts)('%s has no mistake, but that it is not all', (file) => {
    expect(problemsOf(written(file)).filter((problem) => !problem.endsWith(': required'))).toEqual([]);
  });

  it.each(wholes)('%s goes through validate', async (file) => {
    let text = '';
    const stderr = { write: (part: string) => (text += part) };
    const options = { name: 'test', version: '1.0.0', components, stderr, env: { BACKEND_API_KEY: 'key' } };
    const argv = ['validate', '--config', path.join(repositoryRoot, file)];
    expect(await runCli({ ...options, argv })).toBe(0);
    expect(text).not.toContain('error');
  });

  const misspelt = repositoryFiles('.yaml', 'test/config/mistakes/keys');
  const notOffered = repositoryFiles('.yaml', 'test/config/mistakes/not-offered');
  // What spans several keys is beyond a schema.
  const unseen = ['endpoint-with-use-v2', 'http-without-use-v2'];

  it.each([...misspelt, ...notOffered])('%s has one', (file) => {
    const isSeen = !unseen.includes(path.basename(file, '.yaml'));
    expect(problemsOf(written(file)).length > 0).toBe(isSeen);
  });
});

/** A file of YAML as it is written, with its references. */
function written(file: string): unknown {
  return plainOf(parseYaml(wholeOf({ name: file, text: readText(file) })).node!);
}

/** The schema of a dotted key; `[]` stands behind a list. */
function at(root: JsonSchema, key: string): JsonSchema | undefined {
  return key.split('.').reduce<JsonSchema | undefined>((above, name) => {
    const below = above?.properties?.[name.replace(/\[\]$/, '')];
    return name.endsWith('[]') ? below?.items : below;
  }, root);
}

/** The keys that a section takes, dotted; the `enabled` of those that can be off is no key of theirs. */
function keysOf(root: JsonSchema, docs: (typeof keyDocs)[string], prefix = ''): string[] {
  return Object.entries(root.properties ?? {}).flatMap(([name, value]) => {
    if (value.not !== undefined || value.description?.startsWith('Off, it is')) return [];
    const key = `${prefix}${name}`;
    // Names of metrics are no keys of a section: the file has them for the sake of editors.
    if (docs[key]?.type.startsWith('map of ')) return [key];
    // Headers may be a list, too, which is documented in words.
    const items = docs[key]?.type === 'list of sections' ? (value.items ?? {}) : {};
    return [key, ...keysOf(value, docs, `${key}.`), ...keysOf(items, docs, `${key}[].`)];
  });
}
