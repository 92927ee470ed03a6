import { describe, expect, it } from 'vitest';
import { operatorsSchema, type Entry, type OperatorConfig } from '../src/index.js';
import { arrange, entry, receipt, through } from './support.js';

describe('a field', () => {
  const body = { a: { b: 'x' }, list: ['1', '2'] };
  it.each<[OperatorConfig, unknown, unknown]>([
    [{ type: 'move', from: 'body.a.b', to: 'attributes.moved' }, { a: {}, list: ['1', '2'] }, { moved: 'x' }],
    [{ type: 'copy', from: 'body.a', to: 'attributes["x.y"].z' }, body, { 'x.y': { z: { b: 'x' } } }],
    [{ type: 'add', field: 'attributes.n', value: 1 }, body, { n: 1n }],
    [{ type: 'add', field: 'attributes.n', value: { a: [1.5, null] } }, body, { n: { a: [1.5, null] } }],
    [{ type: 'add', field: 'attributes.n', value: 'a EXPR(body.a.b) EXPR("(") c' }, body, { n: 'a x ( c' }],
    [{ type: 'add', field: 'attributes.n', value: 'EXPR(len(body.list))' }, body, { n: 2n }],
    [{ type: 'add', field: 'attributes.n', value: 'EXPR(env("HOME"))' }, body, { n: '/root' }],
    [{ type: 'remove', field: 'body.a' }, { list: ['1', '2'] }, {}],
    [{ type: 'retain', fields: ['body.a'] }, { a: { b: 'x' } }, {}],
    [{ type: 'flatten', field: 'body.a' }, { b: 'x', list: ['1', '2'] }, {}],
    [
      { type: 'assign_keys', field: 'body.list', keys: ['one', 'two'] },
      { a: { b: 'x' }, list: { one: '1', two: '2' } },
      {},
    ],
    [
      { type: 'regex_replace', field: 'body.a.b', regex: '(x)', replace_with: '<$1>' },
      { a: { b: '<x>' }, list: ['1', '2'] },
      {},
    ],
  ])('%j', (config, expectedBody, expectedAttributes) => {
    const found = through([config], entry(structuredClone(body)));
    expect(found.lines).toEqual([]);
    expect([found.body, found.attributes]).toEqual([expectedBody, expectedAttributes]);
  });

  it.each<[OperatorConfig, Entry['body'], Entry['body']]>([
    [
      { type: 'regex_replace', field: 'body', regex_name: 'ansi_control_sequences' },
      '\x1b[31mred\x1b[0m',
      'red',
    ],
    [{ type: 'unquote', field: 'body' }, '"a\\tb\\u00e9"', 'a\tbé'],
    [{ type: 'unquote', field: 'body' }, '`a\\t`', 'a\\t'],
    [{ type: 'sanitize_utf8' }, new Uint8Array([0x61, 0xff]), 'a\ufffd'],
    [{ type: 'move', from: 'body', to: 'attributes.x' }, 'text', null],
  ])('%j of a text', (config, given, expected) => {
    expect(through([config], entry(given)).body).toEqual(expected);
  });

  it.each<[OperatorConfig, string]>([
    [
      { type: 'move', from: 'attributes.none', to: 'body' },
      'entry is missing the expected field attributes.none',
    ],
    [{ type: 'remove', field: 'attributes.none' }, 'remove: field does not exist: attributes.none'],
    [{ type: 'flatten', field: 'body.list' }, 'flatten: body.list is no map'],
    [{ type: 'assign_keys', field: 'body.list', keys: ['one'] }, 'assign_keys: 1 keys for 2 values'],
    [{ type: 'add', field: 'attributes.n', value: 'EXPR(body.a + 1)' }, '+: must be a number, got map'],
    [{ type: 'unquote', field: 'body.a.b' }, 'unquote: it does not stand in quotes'],
  ])('%j fails, and the record passes as it is', (config, problem) => {
    const found = through([config], entry(structuredClone(body)));
    expect(found.lines).toEqual([expect.stringContaining(problem)]);
    expect(found.body).toEqual(body);
  });
});

describe('an operator', () => {
  const failing = { type: 'move', from: 'attributes.none', to: 'body' } as const;

  it.each([
    ['send', 1, 1],
    ['send_quiet', 1, 0],
    ['drop', 0, 1],
    ['drop_quiet', 0, 0],
  ] as const)('that fails does what on_error: %s says', (on_error, passed, logged) => {
    const { operators, emitted, lines, counts } = arrange([{ ...failing, on_error }]);
    const given = entry('x');
    const counted = receipt();
    given.receipt = counted;
    operators.process(given);
    expect([emitted.length, lines.length, counts.dropped, counted.holds]).toEqual([
      passed,
      logged,
      1 - passed,
      passed,
    ]);
  });

  it('that fails often says so at most once in ten seconds', () => {
    const { operators, lines, advance } = arrange([failing]);
    for (let i = 0; i < 100; i++) operators.process(entry('x'));
    advance(10_000);
    operators.process(entry('x'));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('"entries":100');
  });

  it('lets pass what its condition is not true for', () => {
    const config = { type: 'add', field: 'attributes.hit', value: 'yes', if: 'body == "x"' } as const;
    expect(through([config], entry('x')).attributes).toEqual({ hit: 'yes' });
    expect(through([config], entry('y')).attributes).toEqual({});
  });

  it('gives on to those that it names, a copy to each', () => {
    const { operators, emitted, counts } = arrange([
      { type: 'noop', output: ['a', 'b'] },
      { id: 'a', type: 'add', field: 'attributes.way', value: 'a', output: 'end' },
      { id: 'b', type: 'add', field: 'attributes.way', value: 'b' },
      { id: 'end', type: 'noop' },
    ]);
    const given = entry({ x: 'y' });
    const counted = receipt();
    given.receipt = counted;
    operators.process(given);
    expect(emitted.map(({ attributes }) => attributes['way'])).toEqual(['a', 'b']);
    expect([counts.created, counted.holds]).toEqual([1, 2]);
  });
});

describe('filter', () => {
  it('ends records, counted, and lets go of them', () => {
    const { operators, emitted, counts } = arrange([{ type: 'filter', expr: 'body matches "^DEBUG"' }]);
    const given = entry('DEBUG x');
    const counted = receipt();
    given.receipt = counted;
    operators.process(given);
    operators.process(entry('INFO x'));
    expect([emitted.length, counts.filtered, counted.holds]).toEqual([1, 1, 0]);
  });

  it('ends a share of them', () => {
    const draws = [0.1, 0.9];
    const { operators, emitted } = arrange([{ type: 'filter', expr: 'true', drop_ratio: 0.5 }], () =>
      draws.shift()!,
    );
    operators.process(entry('a'));
    operators.process(entry('b'));
    expect(emitted.map(({ body }) => body)).toEqual(['b']);
  });

  it('ends none for which its expression fails', () => {
    const found = through([{ type: 'filter', expr: 'body.x > 1' }], entry('text'));
    expect([found.body, found.lines.length]).toEqual(['text', 1]);
  });
});

describe('router', () => {
  const routes = [
    { expr: 'body == "a"', output: 'a', attributes: { way: 'EXPR(body)!' } },
    { expr: 'body.x == 1', output: 'b' },
    { expr: 'body == "b"', output: 'b' },
  ];
  const others: OperatorConfig[] = [
    { id: 'a', type: 'add', field: 'attributes.a', value: 'yes', output: 'end' },
    { id: 'b', type: 'add', field: 'attributes.b', value: 'yes' },
    { id: 'end', type: 'noop' },
  ];

  it('sends each the first way that is true, in their order', () => {
    const { operators, emitted, counts } = arrange([{ type: 'router', routes }, ...others]);
    for (const body of ['a', 'c', 'b', 'a']) operators.process(entry(body));
    expect(emitted.map(({ attributes }) => attributes)).toEqual([
      { way: 'a!', a: 'yes' },
      { b: 'yes' },
      { way: 'a!', a: 'yes' },
    ]);
    expect(counts.filtered).toBe(1);
  });

  it('sends all others to its default', () => {
    const found = through([{ type: 'router', routes, default: 'end' }, ...others], entry('c'));
    expect(found.attributes).toEqual({});
  });
});

describe('recombine', () => {
  const first = {
    type: 'recombine',
    combine_field: 'body',
    is_first_entry: 'body matches "^\\\\d"',
  } as const;
  const last = { type: 'recombine', combine_field: 'body', is_last_entry: 'body endsWith ";"' } as const;

  it('joins what begins anew', () => {
    const { operators, emitted, counts } = arrange([first]);
    for (const body of ['1', 'a', 'b', '2', '3']) operators.process(entry(body));
    operators.flush();
    expect(emitted.map(({ body }) => body)).toEqual(['1\na\nb', '2', '3']);
    expect(counts.absorbed).toBe(2);
  });

  it('joins up to what ends', () => {
    const { operators, emitted } = arrange([{ ...last, combine_with: ' ', overwrite_with: 'newest' }]);
    for (const [i, body] of ['a', 'b;', 'c;'].entries()) operators.process(entry(body, { i: BigInt(i) }));
    expect(emitted.map(({ body, attributes }) => [body, attributes['i']])).toEqual([
      ['a b;', 1n],
      ['c;', 2n],
    ]);
  });

  it('keeps sources apart', () => {
    const { operators, emitted } = arrange([last]);
    for (const [body, file] of [
      ['a', 'x'],
      ['b', 'y'],
      ['c;', 'x'],
      ['d;', 'y'],
    ]) {
      operators.process(entry(body!, { 'log.file.path': file! }));
    }
    expect(emitted.map(({ body }) => body)).toEqual(['a\nc;', 'b\nd;']);
  });

  it('gives on what is not complete when time is up', () => {
    const { operators, emitted, advance } = arrange([{ ...last, force_flush_period: '5s' }]);
    operators.process(entry('a'));
    advance(4_000);
    expect(emitted).toEqual([]);
    advance(2_000);
    expect(emitted.map(({ body }) => body)).toEqual(['a']);
  });

  it.each([
    [{ max_batch_size: 2 }, ['a\nb', 'c']],
    [{ max_log_size: 2 }, ['a\nb', 'c']],
  ])('gives on what is too much: %j', (limits, expected) => {
    const { operators, emitted } = arrange([{ ...last, ...limits }]);
    for (const body of ['a', 'b', 'c']) operators.process(entry(body));
    operators.flush();
    expect(emitted.map(({ body }) => body)).toEqual(expected);
  });

  it('gives all on when there are too many sources', () => {
    const { operators, emitted, lines } = arrange([{ ...last, max_sources: 2 }]);
    for (const file of ['x', 'y', 'z']) operators.process(entry(file, { 'log.file.path': file }));
    expect(emitted.map(({ body }) => body)).toEqual(['x', 'y']);
    expect(lines).toHaveLength(1);
    expect(operators.held.entries).toBe(1);
  });

  it('lets go of all parts with the whole', () => {
    const { operators, emitted } = arrange([last]);
    const receipts = ['a', 'b', 'c;'].map((body) => {
      const given = entry(body);
      const counted = receipt();
      given.receipt = counted;
      operators.process(given);
      return counted;
    });
    expect(receipts.map(({ holds }) => holds)).toEqual([1, 1, 1]);
    emitted[0]!.receipt.hold();
    emitted[0]!.receipt.release();
    emitted[0]!.receipt.release();
    expect(receipts.map(({ holds }) => holds)).toEqual([0, 0, 0]);
  });
});

describe('lines that a container runtime has cut', () => {
  const line = (stream: string, tag: string, text: string): string =>
    `2026-11-27T10:00:00Z ${stream} ${tag} ${text}`;

  it('are joined with all their blanks, and those of one stream alone', () => {
    const { operators, emitted } = arrange([{ type: 'container' }]);
    for (const text of [
      line('stdout', 'P', 'one '),
      line('stderr', 'P', 'err1 '),
      line('stdout', 'P', 'two '),
      line('stderr', 'F', 'err2'),
      line('stdout', 'F', 'three'),
      line('stdout', 'F', 'whole'),
    ]) {
      operators.process(entry(text, { 'log.file.path': '/x.log' }));
    }
    expect(emitted.map(({ body }) => body)).toEqual(['err1 err2', 'one two three', 'whole']);
  });

  it('are given on when the end does not come', () => {
    const { operators, emitted, advance } = arrange([{ type: 'container' }]);
    operators.process(entry(line('stdout', 'P', 'one')));
    advance(6_000);
    expect(emitted.map(({ body }) => body)).toEqual(['one']);
  });
});

describe('a mistake', () => {
  it.each<[unknown, string]>([
    [[{}], 'missing required field `type`'],
    [[{ type: 'jsonparser' }], "unsupported type 'jsonparser'"],
    [[{ type: 'syslog_parser' }], 'syslog_parser is not supported yet: use regex_parser'],
    [[{ type: 'json_parser', parse_form: 'body' }], 'parse_form'],
    [[{ type: 'regex_parser', regex: 'a' }], 'no named capture groups in regex pattern'],
    [[{ type: 'regex_parser', regex: '(' }], 'error parsing regexp'],
    [[{ type: 'noop', on_error: 'explode' }], 'operator config has an invalid `on_error` field.'],
    [[{ type: 'noop', output: 'nowhere' }], "operator 'nowhere' does not exist"],
    [
      [
        { id: 'a', type: 'noop' },
        { id: 'a', type: 'noop' },
      ],
      "operator with id 'a' already exists",
    ],
    [
      [
        { id: 'a', type: 'noop' },
        { type: 'noop', output: 'a' },
      ],
      'records would go in circles',
    ],
    [[{ type: 'filter', expr: 'boby == 1' }], 'unknown name boby; did you mean body?'],
    [[{ type: 'filter', expr: '1 + 1' }], 'must come to a bool'],
    [[{ type: 'move', from: 'bodi.x', to: 'body' }], 'unrecognized prefix in "bodi.x"'],
    [[{ type: 'time_parser' }], 'missing required configuration parameter `layout`'],
    [[{ type: 'time_parser', layout: '%Q' }], 'unsupported directive: %Q'],
    [[{ type: 'time_parser', layout: 'x', layout_type: 'epoch' }], 'invalid `layout` for `epoch` type'],
    [[{ type: 'time_parser', layout: '%Y', layout_type: 'java' }], 'unsupported layout_type java'],
    [[{ type: 'time_parser', layout: '%Y', location: 'Mars' }], 'Mars'],
    [[{ type: 'severity_parser', mapping: { sevre: 'x' } }], 'unknown severity "sevre"'],
    [[{ type: 'json_parser', severity: {} }], 'must be specified within a parser'],
    [[{ type: 'recombine', combine_field: 'body' }], 'one of is_first_entry and is_last_entry must be set'],
    [
      [{ type: 'recombine', combine_field: 'body', is_first_entry: 'true', is_last_entry: 'true' }],
      'only one of is_first_entry and is_last_entry can be set',
    ],
    [
      [{ type: 'recombine', combine_field: 'body', is_first_entry: 'true', overwrite_with: 'x' }],
      "invalid value 'x' for parameter 'overwrite_with'",
    ],
    [[{ type: 'router', routes: [] }], 'must have at least one route'],
    [[{ type: 'csv_parser' }], "missing required field 'header' or 'header_attribute'"],
    [[{ type: 'container', format: 'podman' }], 'invalid `format` field "podman"'],
    [[{ type: 'add', field: 'body', value: 'EXPR(1 +)' }], 'unexpected end'],
  ])('%j is told', (config, message) => {
    const { error } = operatorsSchema.safeParse(config);
    expect(JSON.stringify(error?.issues)).toContain(JSON.stringify(message).slice(1, -1));
  });
});
