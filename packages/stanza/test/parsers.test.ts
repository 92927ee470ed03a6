import { describe, expect, it } from 'vitest';
import type { OperatorConfig } from '../src/index.js';
import { entry, through } from './support.js';

describe('a parser', () => {
  it.each<[OperatorConfig, string, Record<string, unknown>]>([
    [{ type: 'json_parser' }, '{"a":1,"b":{"c":[true,null]}}', { a: 1, b: { c: [true, null] } }],
    [
      { type: 'json_parser', parse_ints: true },
      '{"a":1,"b":1.5,"c":9007199254740993,"d":[-2,1e3],"e":"7","f":"a:1,2"}',
      { a: 1n, b: 1.5, c: 9007199254740993n, d: [-2n, 1000], e: '7', f: 'a:1,2' },
    ],
    [
      { type: 'json_parser' },
      '{"__proto__":{"x":1},"constructor":2}',
      JSON.parse('{"__proto__":{"x":1},"constructor":2}') as Record<string, unknown>,
    ],
    [
      { type: 'regex_parser', regex: '^(?P<level>\\w+): (?P<text>.*)$' },
      'WARN: hot',
      { level: 'WARN', text: 'hot' },
    ],
    [{ type: 'regex_parser', regex: '(?P<a>x)?(?P<b>y)', cache: { size: 1 } }, 'y', { a: '', b: 'y' }],
    [{ type: 'key_value_parser' }, 'a=1 b="two words" c=x=y', { a: '1', b: 'two words', c: 'x=y' }],
    [
      { type: 'key_value_parser', delimiter: ':', pair_delimiter: '|' },
      "a:1| b : '2|3'",
      { a: '1', b: '2|3' },
    ],
    [{ type: 'csv_parser', header: 'a,b,c' }, '1,"x, ""y""",', { a: '1', b: 'x, "y"', c: '' }],
    [{ type: 'csv_parser', header: 'a;b', delimiter: ',', header_delimiter: ';' }, '1,2', { a: '1', b: '2' }],
    [{ type: 'csv_parser', header: 'a,b', lazy_quotes: true }, 'x "y",2', { a: 'x "y"', b: '2' }],
    [{ type: 'csv_parser', header: 'a,b', ignore_quotes: true }, '"1,2"', { a: '"1', b: '2"' }],
    [
      { type: 'uri_parser' },
      'https://me:pw@host.example:8080/p/a?x=1&x=2&y=#frag',
      {
        scheme: 'https',
        user: 'me',
        host: 'host.example',
        port: '8080',
        path: '/p/a',
        query: { x: ['1', '2'], y: [''] },
        fragment: 'frag',
      },
    ],
    [{ type: 'uri_parser' }, '?a=b', { query: { a: ['b'] } }],
    [{ type: 'json_array_parser', header: 'a,b' }, '[1,"x"]', { a: 1, b: 'x' }],
  ])('%j of %s', (config, body, expected) => {
    const found = through([config], entry(body, {}));
    expect(found.lines).toEqual([]);
    expect(found.attributes).toEqual(expected);
    expect(found.body).toBe(body);
  });

  it('lays what it reads over what is there', () => {
    const found = through([{ type: 'json_parser' }], entry('{"a":1,"b":2}', { a: 'old', z: 'kept' }));
    expect(found.attributes).toEqual({ a: 1, b: 2, z: 'kept' });
  });

  it('reads from one field into another, and makes one of them the body', () => {
    const config = {
      type: 'json_parser',
      parse_from: 'attributes.raw',
      parse_to: 'body.found',
      body: 'body.found.msg',
    } as const;
    const found = through([config], entry({ x: 1n }, { raw: '{"msg":"hello"}' }));
    expect([found.body, found.attributes]).toEqual(['hello', { raw: '{"msg":"hello"}' }]);
  });

  it.each<[OperatorConfig, string, string]>([
    [{ type: 'json_parser' }, '[1]', 'a JSON object was expected, got a list'],
    [{ type: 'json_parser' }, '{', 'JSON'],
    [{ type: 'regex_parser', regex: '(?P<a>x)' }, 'y', 'regex pattern does not match'],
    [{ type: 'key_value_parser' }, 'a=1 b', 'expected \\"b\\" to be a key and a value'],
    [{ type: 'csv_parser', header: 'a,b' }, '1', 'wrong number of fields: expected 2, found 1'],
    [{ type: 'csv_parser', header: 'a' }, '"x', 'a quoted column that does not end'],
    [
      { type: 'json_parser', parse_from: 'attributes.none' },
      '{}',
      'entry is missing the expected field attributes.none',
    ],
    [{ type: 'json_array_parser' }, '[1]', 'cannot set attributes root'],
  ])('%j of %s passes it on, and says why', (config, body, problem) => {
    const found = through([config], entry(body));
    expect([found.body, found.attributes]).toEqual([body, {}]);
    expect(found.lines).toEqual([expect.stringContaining(problem)]);
  });

  it('takes time, level, span and scope from what it has read', () => {
    const config: OperatorConfig = {
      type: 'json_parser',
      timestamp: { parse_from: 'attributes.at', layout: '%Y-%m-%d %H:%M:%S.%L', location: 'UTC' },
      severity: { parse_from: 'attributes.level' },
      trace: { trace_id: { parse_from: 'attributes.t' }, span_id: { parse_from: 'attributes.s' } },
      scope_name: { parse_from: 'attributes.logger' },
    };
    const body = JSON.stringify({
      at: '2026-11-27 10:00:00.250',
      level: 'Warning',
      t: '0af7651916cd43dd8448eb211c80319c',
      s: 'B7AD6B7169203331',
      logger: 'app.http',
    });
    expect(through([config], entry(body))).toMatchObject({
      timestamp: BigInt(Date.UTC(2026, 10, 27, 10)) * 1_000_000n + 250_000_000n,
      severityNumber: 13,
      severityText: 'Warning',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      scopeName: 'app.http',
    });
  });
});

describe('a level', () => {
  const level = (value: string, config: object = {}) =>
    through([{ type: 'severity_parser', ...config }], entry(value));

  it.each([
    ['info', {}, 9, 'info'],
    ['ERROR2', {}, 18, 'ERROR2'],
    ['warn', {}, 13, 'warn'],
    ['err3', {}, 19, 'err3'],
    ['17', {}, 17, '17'],
    ['nonsense', {}, 0, 'nonsense'],
    ['warning', { preset: 'otel' }, 0, 'warning'],
    ['info', { preset: 'none' }, 0, 'info'],
    ['oops', { mapping: { error: ['oops', 'argh'] } }, 17, 'oops'],
    ['503', { mapping: { error: '5xx', warn: '4xx' } }, 17, '503'],
    ['42', { mapping: { fatal: { min: 40, max: 50 } } }, 21, '42'],
    ['oops', { mapping: { error3: 'Oops' }, overwrite_text: true }, 19, 'ERROR3'],
  ])('%s with %j is %i', (value, config, number, text) => {
    const { severityNumber, severityText } = level(value, config);
    expect([severityNumber, severityText]).toEqual([number, text]);
  });
});

describe('a container', () => {
  const file = '/var/log/pods/shop_cart-1_a1b2-c3/main/2.log';
  const container = { type: 'container' } as const;

  it.each([
    [
      '{"log":"hello\\n","stream":"stderr","time":"2026-11-27T10:00:00.5Z"}',
      { body: 'hello\n', attributes: { 'log.file.path': file, 'log.iostream': 'stderr' } },
    ],
    [
      '2026-11-27T10:00:00.5Z stderr F hello there ',
      { body: 'hello there ', attributes: { 'log.file.path': file, 'log.iostream': 'stderr', logtag: 'F' } },
    ],
    [
      '2026-11-27T11:00:00.5+01:00 stderr F',
      { body: '', attributes: { 'log.file.path': file, 'log.iostream': 'stderr', logtag: 'F' } },
    ],
  ])('writes %s', (line, expected) => {
    const found = through([container], entry(line, { 'log.file.path': file }));
    expect(found).toMatchObject(expected);
    expect(found.timestamp).toBe(BigInt(Date.UTC(2026, 10, 27, 10)) * 1_000_000n + 500_000_000n);
    expect(found.resource).toEqual({
      'k8s.namespace.name': 'shop',
      'k8s.pod.name': 'cart-1',
      'k8s.pod.uid': 'a1b2-c3',
      'k8s.container.name': 'main',
      'k8s.container.restart_count': '2',
    });
  });

  it('says nothing of whose it is where the path does not', () => {
    const line = '2026-11-27T10:00:00Z stdout F x';
    expect(through([container], entry(line, { 'log.file.path': '/tmp/a.log' })).resource).toEqual({});
    expect(through([container], entry(line)).resource).toEqual({});
    const without = { ...container, add_metadata_from_filepath: false };
    expect(through([without], entry(line, { 'log.file.path': file })).resource).toEqual({});
  });

  it.each(['nonsense', '2026-11-27T10:00:00Z stdin F x', 'yesterday stdout F x', '{"log":1}'])(
    'does not write %s',
    (line) => {
      const found = through([container], entry(line));
      expect([found.body, found.lines.length]).toEqual([line, 1]);
    },
  );
});
