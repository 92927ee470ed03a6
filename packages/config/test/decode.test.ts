import { declarationOf } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { inspect, told, withOut } from './support.js';

/** What the exporter of a configuration is told, completed. */
async function read(config: string, env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const { options, diagnostics } = await inspect(withOut(config), { env });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return declarationOf(options!.pipelines.traces!.exporters[0]!).config;
}

describe('what is written', () => {
  it.each<[string, object]>([
    ['endpoint: a', { endpoint: 'a', timeout: 5000, level: 'basic', size: 10, queue: { enabled: true } }],
    ['endpoint: 4317', { endpoint: '4317' }],
    ['endpoint: 0123', { endpoint: '0123' }],
    ['endpoint: 1e3', { endpoint: '1e3' }],
    ['endpoint: true', { endpoint: 'true' }],
    [
      'endpoint: a\nheaders: { retries: 5, sure: yes, on: true }',
      { headers: { retries: '5', sure: 'yes', on: 'true' } },
    ],
    ['endpoint: a\ntags: [1, two, false]', { tags: ['1', 'two', 'false'] }],
    ['endpoint: a\ntags: one, two', { tags: ['one', 'two'] }],
    ['endpoint: a\ntags: ""', { tags: [] }],
    ['endpoint: a\ntimeout: 0', { timeout: 0 }],
    ['endpoint: a\ntimeout:', { timeout: 5000 }],
    ['endpoint: a\nlevel:\nsize:\nverbose:\nheaders:\ntags:\nqueue:', { level: 'basic', size: 10, tags: [] }],
    ['endpoint: a\nqueue: { queue_size: }', { queue: { enabled: true, queue_size: 1 } }],
    ['endpoint: a\ntls:', { tls: {} }],
    ['endpoint: a\ntls: { enabled: false, ca_file: x }', { tls: undefined }],
    ['endpoint: a\nauth:', { endpoint: 'a' }],
  ])('%j is what was meant', async (config, expected) => {
    expect(await read(config)).toMatchObject(expected);
  });

  it('is text where a variable is, whatever it looks like', async () => {
    const config = 'endpoint: ${env:PORT}\nsize: ${env:SIZE}\nheaders: { key: "${env:KEY}" }';
    const read2 = await read(config, { PORT: '04317', SIZE: '7', KEY: '1e5' });
    expect(read2).toMatchObject({ endpoint: '04317', size: 7, headers: { key: '1e5' } });
  });

  it('is empty text or the default where a variable is empty', async () => {
    expect(
      await read('endpoint: a\nsize: ${env:NO}\nheaders: { key: "${env:NO}" }', { NO: '' }),
    ).toMatchObject({
      size: 10,
      headers: { key: '' },
    });
  });

  it('may be named like what objects have already', async () => {
    const { headers } = (await read('endpoint: a\nheaders: { __proto__: x, constructor: y }')) as {
      headers: Record<string, string>;
    };
    expect(Object.entries(headers)).toContainEqual(['constructor', 'y']);
    expect(Object.getPrototypeOf({})).not.toHaveProperty('x');
  });
});

describe('what cannot be meant', () => {
  it.each([
    [
      'endpoint: a\ntimeout: 5',
      'error[integer-duration] exporters.out.timeout: a duration needs a unit: a bare number is nanoseconds to the Collector (write "5s" for seconds; for nanoseconds, "5ns") @ 5',
    ],
    [
      'endpoint: a\ntimeout: 1.5',
      'error[integer-duration] exporters.out.timeout: a duration needs a unit: a bare number is nanoseconds to the Collector (write "1.5s" for seconds; for nanoseconds, "1.5ns") @ 1.5',
    ],
    [
      'endpoint: a\ntimeout: -5',
      'error[invalid-value] exporters.out.timeout: must be a duration such as "200ms" or "1m30s", got -5 @ -5',
    ],
    [
      'endpoint: a\nsize: "5"',
      'error[wrong-type] exporters.out.size: must be a number, got text (write 5 without quotes) @ "5"',
    ],
    ['endpoint: a\nsize: 1.5', 'error[wrong-type] exporters.out.size: must be a whole number, got 1.5 @ 1.5'],
    ['endpoint: a\nsize: 0', 'error[invalid-value] exporters.out.size: must be at least 1, got 0 @ 0'],
    [
      'endpoint: a\nverbose: yes',
      'error[wrong-type] exporters.out.verbose: must be true or false, got text (write true) @ yes',
    ],
    [
      'endpoint: a\nlevel: detaild',
      'error[invalid-value] exporters.out.level: must be one of "basic", "detailed", got "detaild" (did you mean detailed?) @ detaild',
    ],
    [
      'endpoint: a\nlevel: 5',
      'error[invalid-value] exporters.out.level: must be one of "basic", "detailed", got 5 @ 5',
    ],
    ['endpoint: [a]', 'error[wrong-type] exporters.out.endpoint: must be text, got a list @ [a]'],
    [
      'endpoint: a\ntags: { a: b }',
      'error[wrong-type] exporters.out.tags: must be a list, got a map (begin each entry of the list with "- ") @ { a: b }',
    ],
    [
      'endpoint: a\nqueue: 5',
      'error[wrong-type] exporters.out.queue: must be a map, got 5 (its keys stand below it, each on a line of its own and indented) @ 5',
    ],
    [
      'endpoint:a',
      'error[wrong-type] exporters.out: must be a map, got text (put a space behind "endpoint:") @ endpoint:a',
    ],
    ['timeout: 1s', 'error[missing-key] exporters.out.endpoint: is required @ out'],
    ['endpoint:', 'error[missing-key] exporters.out.endpoint: is required @ endpoint'],
    [
      'endpont: a',
      'error[unknown-key] exporters.out.endpont: unknown key (did you mean endpoint?) @ endpont',
    ],
    [
      'endpoint: a\nqueue_size: 5',
      'error[unknown-key] exporters.out.queue_size: unknown key (move it into queue) @ queue_size',
    ],
    [
      'endpoint: a\nauth: { a: b }',
      'error[unsupported-key] exporters.out.auth: is not supported yet by this component @ auth',
    ],
  ])('%j is told at its place', async (config, expected) => {
    expect(await told(withOut(config))).toEqual([expected]);
  });

  it.each(['queue: false', 'tls: false'])('%j is told how to switch', async (config) => {
    expect(await told(withOut(`endpoint: a\n${config}`))).toEqual([
      expect.stringContaining('must be a map, got false (write { enabled: false })'),
    ]);
  });

  it('is told all at once', async () => {
    const found = await told(
      withOut('endpoint: 1\nsize: big\ntimeout: 5\ntags: {}\nmore: 1\nheaders: { a: [] }'),
    );
    expect(found.map((line) => /^error\[\S+ \S+:/.exec(line)?.[0])).toEqual([
      'error[wrong-type] exporters.out.size:',
      'error[wrong-type] exporters.out.headers.a:',
      'error[wrong-type] exporters.out.tags:',
      'error[unknown-key] exporters.out.more:',
      'error[integer-duration] exporters.out.timeout:',
    ]);
  });

  it('is told where the variable is named, without what it holds', async () => {
    const { diagnostics } = await inspect(withOut('endpoint: a\nlevel: ${env:LEVEL}\nsize: ${env:LEVEL}'), {
      env: { LEVEL: 's3cr3t' },
    });
    expect(diagnostics).toMatchObject([
      { code: 'invalid-value', related: [{ message: 'the value came from env:LEVEL' }] },
      { code: 'wrong-type' },
    ]);
    expect(diagnostics.map(({ message, hint }) => `${message} ${hint}`).join()).not.toContain('s3cr3t');
    expect(diagnostics.map(({ place }) => place!.source.name)).toEqual(['test.yaml', 'test.yaml']);
  });

  it.each([
    ['extensions: { store: { below: "${env:ID}" } }\n', 'a', 'undefined-extension'],
    ['', '"${env:ID}"', 'undefined-component'],
  ])('shows no id that came from a variable: %j', async (sections, exporter, code) => {
    const text = `${sections}receivers: { in: }\nexporters: { spans: }\nservice: { pipelines: { traces: { receivers: [in], exporters: [spans, ${exporter}] } } }`;
    for (const ID of ['s3cr3t', 's3cr3t/ s3cr3t', ' s3cr3t / x', 's3-cr3t', 'ab']) {
      const { diagnostics } = await inspect(text, { env: { ID } });
      const said = diagnostics.filter((found) => [code, 'invalid-id'].includes(found.code));
      expect(said.length).toBeGreaterThan(0);
      expect(said.map(({ message, hint }) => `${message} ${hint}`).join()).not.toMatch(/s3|"ab"/);
    }
  });
});

describe('a key that names an extension', () => {
  const around = (extensions: string): string =>
    `extensions: ${extensions}\n${withOut('endpoint: a\nstorage: store/a')}`;

  it('gets it', async () => {
    const { options, diagnostics } = await inspect(around('{ store/a: { below: store }, store: }'));
    expect(diagnostics).toEqual([]);
    const { config } = declarationOf(options!.pipelines.traces!.exporters[0]!);
    const { storage } = config as { readonly storage: object };
    expect(declarationOf(storage).id).toBe('store/a');
    expect(declarationOf((declarationOf(storage).config as { readonly below: object }).below).id).toBe(
      'store',
    );
  });

  it.each([
    [
      '{ store: }',
      'error[undefined-extension] exporters.out.storage: references extension "store/a" which is not configured (did you mean store?) @ store/a',
    ],
    [
      '{ store/a: { below: 5 } }',
      'error[undefined-extension] extensions.store/a.below: in "5" id: invalid character(s) in type "5" @ 5',
    ],
    ['{ store/a: { below: [] } }', 'error[wrong-type] extensions.store/a.below: must be an extension @ []'],
    [
      '{ store/a: { below: store/a } }',
      'error[undefined-extension] extensions.store/a.below: the extension needs itself, directly or through others @ store/a',
    ],
  ])('is refused where the extensions are %s', async (extensions, expected) => {
    expect(await told(around(extensions))).toEqual([expected]);
  });
});
