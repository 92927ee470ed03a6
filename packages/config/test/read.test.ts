import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@tributary/config';
import { describe, expect, it } from 'vitest';
import { at, lines, plain, read, shown } from './reading.js';

describe('sources', () => {
  it('reads a file, named with or without its scheme', async () => {
    for (const uri of ['a.yaml', 'file:a.yaml'])
      expect(plain((await read({ 'a.yaml': 'a: 1' }, { uris: [uri] })).root)).toEqual({ a: 1 });
  });

  it('takes one letter before a colon for a drive', async () => {
    expect(plain((await read({ 'C:\\a.yaml': 'a: 1' }, { uris: ['C:\\a.yaml'] })).root)).toEqual({ a: 1 });
  });

  it('reads a configuration out of a variable and out of the location itself', async () => {
    const { root, diagnostics } = await read({}, { uris: ['env:CONF', 'yaml:b: 2'], env: { CONF: 'a: 1' } });
    expect(diagnostics).toEqual([]);
    expect(plain(root)).toEqual({ a: 1, b: 2 });
    expect(at(root, 'a').place.source).toMatchObject({ name: 'env:CONF', isSecret: true });
    expect(shown(at(root, 'b').place)).toBe('yaml:…: "2"');
  });

  it('reads real files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-config-'));
    try {
      await writeFile(join(folder, 'a.yaml'), '\ufeffa: ü\r\nb: ${file:' + join(folder, 'token') + '}\r\n');
      await writeFile(join(folder, 'token'), 'one\n');
      const { root, diagnostics } = await readConfig([join(folder, 'a.yaml')], { env: {}, fs: { readFile } });
      expect(diagnostics).toEqual([]);
      expect(plain(root)).toEqual({ a: 'ü', b: 'one\n' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('gets a configuration by HTTP, and says which status came instead', async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/a.yaml' ? 200 : 404;
      response.end('a: 1\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const good = await read({}, { uris: [`${base}/a.yaml`], fetch });
      expect(good.diagnostics).toEqual([]);
      expect(plain(good.root)).toEqual({ a: 1 });
      const bad = await read({}, { uris: [`${base}/b.yaml`], fetch });
      expect(bad.root).toBeUndefined();
      expect(lines(bad)).toEqual([
        `error source-unreadable [--config: "${base}/b.yaml"] failed to load resource from uri "${base}/b.yaml" status code: 404`,
      ]);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it.each([
    ['s3://bucket/a.yaml', 'reference-scheme', 'unsupported scheme on URI "s3://bucket/a.yaml"'],
    ['./odd:name.yaml', 'reference-scheme', 'invalid uri: "./odd:name.yaml"'],
    ['missing.yaml', 'source-unreadable', 'unable to read the file missing.yaml: no such file or directory'],
    ['binary', 'source-unreadable', 'binary is not text in UTF-8'],
    [
      'http://127.0.0.1:9/',
      'source-unreadable',
      'failed to load resource from uri "http://127.0.0.1:9/" since no client for HTTP was given',
    ],
    [
      'env:1A',
      'env-name',
      'environment variable "1A" has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$',
    ],
    [
      'yaml:[a]',
      'not-a-map',
      'retrieved value (type=list) cannot be used as a Conf: a configuration is a map of sections',
    ],
    [
      'yaml:text',
      'not-a-map',
      'retrieved value (type=string) cannot be used as a Conf: a configuration is a map of sections',
    ],
  ])('refuses %s', async (uri, code, message) => {
    const result = await read(
      { binary: Uint8Array.of(0xff, 0xfe, 0x80), large: new Uint8Array(2 ** 22 + 1) },
      { uris: [uri] },
    );
    expect(result.root).toBeUndefined();
    expect(result.diagnostics).toMatchObject([{ code, message, severity: 'error' }]);
    expect(result.diagnostics[0]?.place).toBeDefined();
  });

  it('finds the mistakes of all sources at once', async () => {
    const result = await read(
      { 'a.yaml': 'a: [1', 'b.yaml': 'b: 1\nb: 2\n' },
      { uris: ['a.yaml', 'none.yaml', 'b.yaml'], set: ['x'] },
    );
    expect(result.diagnostics.map(({ code }) => code)).toEqual([
      'yaml-syntax',
      'source-unreadable',
      'duplicate-key',
      'set-option',
    ]);
  });

  it('takes an empty document for an empty configuration', async () => {
    for (const text of ['', '# nothing', '---\n', 'null'])
      expect(plain((await read({ 'a.yaml': text })).root)).toEqual({});
  });

  it('takes a variable that is not set for an empty configuration, and warns', async () => {
    const result = await read({}, { uris: ['env:NONE'] });
    expect(plain(result.root)).toEqual({});
    expect(lines(result)).toEqual([
      'warning env-unset [--config: "env:NONE"] Environment variable "NONE" is not set; the value is empty.',
    ]);
  });

  it('asks for a source where none is given', async () => {
    expect(await read({})).toEqual({
      root: undefined,
      diagnostics: [
        {
          code: 'no-source',
          severity: 'error',
          path: [],
          message: 'at least one config flag must be provided',
          place: undefined,
        },
      ],
    });
  });

  it('says of what is read first that only its first document counts', async () => {
    const result = await read({ 'a.yaml': 'a: 1\n---\nb: 2\n' });
    expect(plain(result.root)).toEqual({ a: 1 });
    expect(result.diagnostics).toMatchObject([{ code: 'yaml-second-document', severity: 'warning' }]);
  });
});

describe('merging', () => {
  it('merges maps deep and replaces everything else, in the order of the sources', async () => {
    const { root, diagnostics } = await read({
      'a.yaml': 'a: { b: 1, c: { d: 1 }, l: [1, 2] }',
      'b.yaml': 'a: { b: { x: 1 }, c: { e: 2 }, l: [3] }',
    });
    expect(diagnostics).toEqual([]);
    expect(plain(root)).toEqual({ a: { b: { x: 1 }, c: { d: 1, e: 2 }, l: [3] } });
    expect(shown(at(root, 'a', 'c', 'd').place)).toBe('a.yaml: "1"');
    expect(shown(at(root, 'a', 'c', 'e').place)).toBe('b.yaml: "2"');
  });

  it('merges before it expands, so that a replaced reference is never read', async () => {
    const { root, diagnostics } = await read({ 'a.yaml': 'a: ${file:none}', 'b.yaml': 'a: 1' });
    expect(diagnostics).toEqual([]);
    expect(plain(root)).toEqual({ a: 1 });
  });

  it('warns where an empty section erases an earlier one, and names both places', async () => {
    const result = await read({
      'a.yaml': 'processors:\n  batch:\n',
      'b.yaml': 'processors:\nexporters: { otlp: }\n',
    });
    expect(plain(result.root)).toEqual({ processors: null, exporters: { otlp: null } });
    expect(lines(result)).toEqual([
      'warning merge-erases [b.yaml: "processors"] "processors" is empty here, and so erases the map that an earlier source has given.',
    ]);
    expect(result.diagnostics[0]?.related?.map(({ place }) => shown(place))).toEqual([
      'a.yaml: "processors"',
    ]);
  });

  it('says nothing where an empty section meets an empty one or a single value', async () => {
    const { diagnostics } = await read({ 'a.yaml': 'a:\nb: 1\n', 'b.yaml': 'a:\nb:\n' });
    expect(diagnostics).toEqual([]);
  });

  it('splits a key at "::" into nesting, in maps but not in the maps of a list', async () => {
    const { root } = await read({ 'a.yaml': 'a::b::c: 1\na: { b: { d: 2 }, e::f: 3 }\nl: [{ x::y: 4 }]' });
    expect(plain(root)).toEqual({ a: { b: { c: 1, d: 2 }, e: { f: 3 } }, l: [{ 'x::y': 4 }] });
  });

  it.each(['::a: 1', 'a::: 1', 'a::::b: 1', `a${'::a'.repeat(300)}: 1`])(
    'refuses the key of %s',
    async (text) => {
      expect((await read({ 'a.yaml': text })).diagnostics).toMatchObject([
        { code: 'yaml-key', severity: 'error' },
      ]);
    },
  );
});

describe('--set', () => {
  it.each([
    ['a.b=2', { a: { b: 2, c: 1 } }],
    ['a.b.c=[x, y]', { a: { b: { c: ['x', 'y'] }, c: 1 } }],
    ['a={c: 3}', { a: { b: 1, c: 3 } }],
    ['a=', { a: null }],
    ['a.b=x=y', { a: { b: 'x=y', c: 1 } }],
    ['a::b=2', { a: { b: 2, c: 1 } }],
    ['a.b="2"', { a: { b: '2', c: 1 } }],
    ['a.b=${N}', { a: { b: 7, c: 1 } }],
    ['a.b=# nothing', { a: { b: null, c: 1 } }],
  ])('puts %s over the files', async (option, expected) => {
    const { root, diagnostics } = await read(
      { 'a.yaml': 'a: { b: 1, c: 1 }' },
      { set: [option], env: { N: '7' } },
    );
    expect(diagnostics).toEqual([]);
    expect(plain(root)).toEqual(expected);
  });

  it('knows where the option says what', async () => {
    const { root } = await read({ 'a.yaml': 'a: 1' }, { set: ['exporters.otlp.timeout=5s'] });
    expect(shown(at(root, 'exporters', 'otlp', 'timeout').place)).toBe('--set: "5s"');
  });

  it('takes the later of two', async () => {
    expect(plain((await read({ a: 'a: 1' }, { set: ['a=2', 'a=3'] })).root)).toEqual({ a: 3 });
  });

  it.each([
    ['a', 'set-option', '--set: "a"'],
    ['=1', 'yaml-key', '--set: ""'],
    ['a..b=1', 'yaml-key', '--set: "a..b"'],
    ['a=[1', 'yaml-syntax', '--set: ""'],
    ['a=b: c', 'yaml-syntax', '--set: "b"'],
    ['a=- b', 'yaml-syntax', '--set: "-"'],
    ['a=b\nc: d', 'set-option', '--set: "a=b\\nc: d"'],
  ])('refuses %s', async (option, code, place) => {
    const { root, diagnostics } = await read({ 'a.yaml': 'a: 1' }, { set: [option] });
    expect(diagnostics.map((diagnostic) => [diagnostic.code, shown(diagnostic.place)])).toEqual([
      [code, place],
    ]);
    expect(code === 'yaml-key' || root === undefined).toBe(true);
  });
});
