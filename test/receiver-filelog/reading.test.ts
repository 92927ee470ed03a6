import { chmodSync, mkdirSync, symlinkSync, unlinkSync, utimesSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { logFiles, read } from './support.js';

const beginning = { start_at: 'beginning' } as const;
const attributesOf = (record: {
  readonly attributes: Iterable<[string, unknown]>;
}): Record<string, unknown> => Object.fromEntries(record.attributes);

describe('a log file', () => {
  it('is read from its end, and then as it grows', async () => {
    const files = logFiles();
    files.write('a.log', 'old\n');
    const { poll, bodies, sink } = await read({ include: [files.path('*.log')] });
    await poll();
    files.append('a.log', 'one\ntwo\r\n\n  three  \n');
    await poll(2);
    expect(bodies()).toEqual(['one', 'two', 'three']);
    expect([...sink.logRecords[0]!.attributes]).toEqual([['log.file.name', 'a.log']]);
  });

  it('is read from its beginning, where that is asked for, and when it is new', async () => {
    const files = logFiles();
    files.write('a.log', 'old\n');
    const { poll, bodies } = await read({ include: [files.path('*.log')], ...beginning });
    await poll();
    files.write('b.log', 'new\n');
    await poll();
    expect(bodies()).toEqual(['old', 'new']);
    const other = await read({ include: [files.path('*.log')] });
    await other.poll();
    files.write('c.log', 'newer\n');
    await other.poll();
    expect(other.bodies()).toEqual(['newer']);
  });

  it('is observed now, and has no time of its own', async () => {
    const files = logFiles();
    files.write('a.log', 'old\n');
    const { poll, sink } = await read({ include: [files.path('*.log')], ...beginning });
    await poll();
    const [record] = sink.logRecords;
    expect(record!.timeUnixNano).toBe(0n);
    expect(record!.observedTimeUnixNano).toBeGreaterThanOrEqual(
      BigInt(Date.UTC(2026, 10, 27, 12)) * 1_000_000n,
    );
  });

  it('is found by globs, each once, and left out by others', async () => {
    const files = logFiles();
    mkdirSync(files.path('x/y'), { recursive: true });
    for (const name of ['a.log', 'x/b.log', 'x/y/c.log', 'x/y/no.log', '.hidden.log', 'd.txt']) {
      files.write(name, `${name}\n`);
    }
    symlinkSync(files.path('d.txt'), files.path('link.log'));
    const { poll, bodies } = await read({
      include: [files.path('**/*.log'), files.path('x/*.log'), files.path('{a,x/y/c}.log')],
      exclude: [files.path('**/n[o-p].log')],
      ...beginning,
    });
    await poll();
    expect(bodies().map(String).sort()).toEqual(['.hidden.log', 'a.log', 'd.txt', 'x/b.log', 'x/y/c.log']);
  });

  it('that is a pipe is left alone, and no other waits for it', async () => {
    const files = logFiles();
    execFileSync('mkfifo', [files.path('a.log')]);
    files.write('b.log', 'one\n');
    const { poll, bodies } = await read({ include: [files.path('*.log')], ...beginning });
    await poll();
    expect(bodies()).toEqual(['one']);
  });

  it('that cannot be read is told once, and read when it can be', async () => {
    const files = logFiles();
    files.write('a.log', 'one\n');
    const include = [files.path('*.log')];
    const failing = await read({ include, ...beginning });
    await failing.poll();
    unlinkSync(files.path('a.log'));
    await failing.poll(5);
    expect(failing.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('that nobody has written to for long is left out, where that is asked for', async () => {
    const files = logFiles();
    files.write('old.log', 'old\n');
    files.write('new.log', 'new\n');
    const [old, recent] = [Date.UTC(2026, 10, 27, 10) / 1000, Date.UTC(2026, 10, 27, 11, 59) / 1000];
    utimesSync(files.path('old.log'), old, old);
    utimesSync(files.path('new.log'), recent, recent);
    const { poll, bodies } = await read({
      include: [files.path('*.log')],
      exclude_older_than: '1h',
      ...beginning,
    });
    await poll();
    expect(bodies()).toEqual(['new']);
  });

  it('says where it finds nothing', async () => {
    const files = logFiles();
    const { poll, lines } = await read({ include: [files.path('*.log')] });
    await poll();
    expect(lines.map(({ message }) => message)).toContain('no files match the configured criteria');
  });

  it('is one of many', async () => {
    const files = logFiles();
    for (let i = 0; i < 600; i++) files.write(`${i}.log`, `${i}\n`);
    const { poll, bodies } = await read({
      include: [files.path('*.log')],
      max_concurrent_files: 100,
      ...beginning,
    });
    const until = async (count: number): Promise<void> => {
      for (let i = 0; i < 200 && bodies().length < count; i++) await poll();
      await poll(3);
    };
    await until(600);
    expect(bodies()).toHaveLength(600);
    for (let i = 0; i < 600; i++) files.append(`${i}.log`, `${i}, too\n`);
    await until(1200);
    expect(new Set(bodies()).size).toBe(1200);
    expect(bodies()).toHaveLength(1200);
  });

  it('is one of as many as max_batches allows', async () => {
    const files = logFiles();
    for (const name of ['a', 'b', 'c']) files.write(`${name}.log`, `${name}\n`);
    const { poll, bodies } = await read({
      include: [files.path('*.log')],
      max_concurrent_files: 2,
      max_batches: 2,
      ...beginning,
    });
    await poll(3);
    expect(bodies().map(String).sort()).toEqual(['a', 'b']);
  });
});

describe('a record', () => {
  it('says what is asked for of its file', async () => {
    const files = logFiles();
    files.write('a.log', 'one\ntwo\n');
    chmodSync(files.path('a.log'), 0o640);
    symlinkSync(files.path('a.log'), files.path('link'));
    const { poll, sink } = await read({
      include: [files.path('link')],
      include_file_name: false,
      include_file_path: true,
      include_file_name_resolved: true,
      include_file_path_resolved: true,
      include_file_owner_name: true,
      include_file_owner_group_name: true,
      include_file_permissions: true,
      include_file_record_number: true,
      include_file_record_offset: true,
      attributes: { env: 'prod', text: 'len EXPR(len(body))' },
      resource: { 'service.name': 'EXPR(body)' },
      ...beginning,
    });
    await poll();
    const [, second] = sink.logRecords;
    expect(attributesOf(second!)).toEqual({
      'log.file.path': files.path('link'),
      'log.file.name_resolved': 'a.log',
      'log.file.path_resolved': files.path('a.log'),
      'log.file.owner.name': expect.any(String),
      'log.file.owner.group.name': expect.any(String),
      'log.file.permissions': '640',
      'log.file.record_number': 2,
      'log.file.record_offset': 4,
      env: 'prod',
      text: 'len 3',
    });
    expect(sink.batches[0]!.toJson()).toContain('"service.name"');
  });

  it('without an end is one when nothing comes for a while', async () => {
    const files = logFiles();
    files.write('a.log', 'one\ntw');
    const { poll, bodies } = await read({ include: [files.path('a.log')], ...beginning });
    await poll(2);
    files.append('a.log', 'o\nthr');
    await poll(2);
    expect(bodies()).toEqual(['one', 'two']);
    await poll(4);
    expect(bodies()).toEqual(['one', 'two', 'thr']);
  });

  it('without an end waits for ever, where it is told to', async () => {
    const files = logFiles();
    files.write('a.log', 'one\ntw');
    const { poll, bodies } = await read({
      include: [files.path('a.log')],
      force_flush_period: '0s',
      ...beginning,
    });
    await poll(10);
    expect(bodies()).toEqual(['one']);
  });

  it.each([
    ['split', ['x'.repeat(100), 'x'.repeat(50), 'next']],
    ['truncate', ['x'.repeat(100), 'next']],
  ] as const)('that is too long is %s', async (max_log_size_behavior, expected) => {
    const files = logFiles();
    files.write('a.log', `${'x'.repeat(150)}\nnext\n`);
    const { poll, bodies } = await read({
      include: [files.path('a.log')],
      max_log_size: 100,
      initial_buffer_size: 16,
      max_log_size_behavior,
      ...beginning,
    });
    await poll();
    expect(bodies()).toEqual(expected);
  });

  it('may be very long', async () => {
    const files = logFiles();
    const long = 'y'.repeat(900_000);
    files.write('a.log', `${long}\nnext\n`);
    const { poll, bodies } = await read({ include: [files.path('a.log')], ...beginning });
    await poll(3);
    expect(bodies()).toEqual([long, 'next']);
  });

  it('keeps its blanks, where it is told to', async () => {
    const files = logFiles();
    files.write('a.log', '  one \n\ttwo\n');
    const { poll, bodies } = await read({
      include: [files.path('a.log')],
      preserve_leading_whitespaces: true,
      preserve_trailing_whitespaces: true,
      ...beginning,
    });
    await poll();
    expect(bodies()).toEqual(['  one ', '\ttwo']);
  });
});

describe('an encoding', () => {
  it.each([
    ['utf-8', Buffer.from('é\n'), 'é'],
    ['utf-8', Buffer.from([0x61, 0xff, 0x0a]), 'a\ufffd'],
    ['utf-8-raw', Buffer.from([0x61, 0xff, 0x0a]), new Uint8Array([0x61, 0xff])],
    ['utf-8-raw', Buffer.from('é\n'), 'é'],
    ['utf-16le', Buffer.from('é\u0a0a\n', 'utf16le'), 'é\u0a0a'],
    ['utf-16be', Buffer.from('é\u0a00\n', 'utf16le').swap16(), 'é\u0a00'],
    ['ascii', Buffer.from([0x61, 0xe9, 0x0a]), 'a\ufffd'],
    ['latin1', Buffer.from([0x61, 0xe9, 0x0a]), 'aé'],
    ['big5', Buffer.from([0xa4, 0xa4, 0x0a]), '中'],
    ['windows-1251', Buffer.from([0xe6, 0x0a]), 'ж'],
    ['nop', Buffer.from(' a\nb '), new Uint8Array(Buffer.from(' a\nb '))],
  ])('%s is read', async (encoding, bytes, body) => {
    const files = logFiles();
    files.write('a.log', bytes);
    const { poll, bodies } = await read({ include: [files.path('a.log')], encoding, ...beginning });
    await poll();
    expect(bodies().map((each) => (each instanceof Uint8Array ? new Uint8Array(each) : each))).toEqual([
      body,
    ]);
  });
});

describe('multiline', () => {
  const text = '1 a\n  at x\n2 b\n3 c\n  at y\n';
  it.each([
    ['line_start_pattern', '^\\d ', false, ['1 a\n  at x', '2 b', '3 c\n  at y']],
    ['line_start_pattern', '\\d ', true, ['a\n  at x', 'b', 'c\n  at y']],
    ['line_end_pattern', 'at \\w\\n', false, ['1 a\n  at x', '2 b\n3 c\n  at y']],
    ['line_end_pattern', 'at \\w\\n', true, ['1 a', '2 b\n3 c']],
  ])(
    'begins or ends records by %s %s, the pattern left out: %s',
    async (key, expression, omit_pattern, expected) => {
      const files = logFiles();
      files.write('a.log', text);
      const { poll, bodies } = await read({
        include: [files.path('a.log')],
        multiline: { [key]: expression, omit_pattern },
        ...beginning,
      });
      await poll(5);
      expect(bodies()).toEqual(expected);
    },
  );

  it('counts in bytes what is not ASCII', async () => {
    const files = logFiles();
    files.write('a.log', '#é1\nü\n#2\n');
    const { poll, bodies, sink } = await read({
      include: [files.path('a.log')],
      multiline: { line_start_pattern: '#' },
      include_file_record_offset: true,
      ...beginning,
    });
    await poll(5);
    expect(bodies()).toEqual(['#é1\nü', '#2']);
    expect(sink.logRecords[1]!.attributes.get('log.file.record_offset')).toBe(8);
  });
});

describe('a compressed file', () => {
  it('is read to its end, and once', async () => {
    const files = logFiles();
    files.write('a.log.gz', gzipSync('one\ntwo'));
    files.write('b.log', 'three\n');
    const { poll, bodies } = await read({
      include: [files.path('*')],
      compression: 'auto',
      ...beginning,
    });
    // What unpacks works elsewhere, and cannot be waited for.
    for (let i = 0; i < 100 && bodies().length < 3; i++) await poll();
    await poll(3);
    expect(bodies().map(String).sort()).toEqual(['one', 'three', 'two']);
    files.append('a.log.gz', gzipSync('\nfour\n'));
    for (let i = 0; i < 100 && bodies().length < 4; i++) await poll();
    await poll(3);
    expect(bodies().map(String).sort()).toEqual(['four', 'one', 'three', 'two']);
  });

  it('that is none is told', async () => {
    const files = logFiles();
    files.write('a.log', 'plain');
    const { poll, lines } = await read({ include: [files.path('*')], compression: 'gzip', ...beginning });
    const errors = (): unknown[] => lines.filter(({ level }) => level === 'error');
    for (let i = 0; i < 100 && errors().length === 0; i++) await poll();
    await poll(3);
    expect(errors()).toEqual([expect.objectContaining({ message: 'A file cannot be read' })]);
  });
});

describe('a header', () => {
  it('goes on all records of its file, and is none itself', async () => {
    const files = logFiles();
    files.write('a.log', '# env=prod\n# app=shop\none\n# two\n');
    const { poll, sink, bodies } = await read({
      include: [files.path('a.log')],
      header: {
        pattern: '^#',
        metadata_operators: [
          { type: 'regex_parser', regex: '# (?P<key>\\w+)=(?P<value>\\w+)' },
          {
            type: 'router',
            routes: [
              { expr: 'attributes.key == "env"', output: 'env' },
              { expr: 'true', output: 'app' },
            ],
          },
          { id: 'env', type: 'add', field: 'attributes.env', value: 'EXPR(attributes.value)', output: 'end' },
          { id: 'app', type: 'add', field: 'attributes.app', value: 'EXPR(attributes.value)' },
          { id: 'end', type: 'retain', fields: ['attributes.env', 'attributes.app'] },
        ],
      },
      ...beginning,
    });
    await poll();
    expect(bodies()).toEqual(['one', '# two']);
    expect(attributesOf(sink.logRecords[1]!)).toEqual({ env: 'prod', app: 'shop', 'log.file.name': 'a.log' });
  });
});

describe('ordering_criteria', () => {
  it('reads the first by an order, in each group', async () => {
    const files = logFiles();
    for (const name of ['a-1.log', 'a-10.log', 'a-9.log', 'b-2.log', 'x.log']) files.write(name, `${name}\n`);
    const { poll, bodies } = await read({
      include: [files.path('*.log')],
      ordering_criteria: {
        regex: '(?P<number>\\d+)\\.log$',
        group_by: '(\\w)-\\d+\\.log$',
        top_n: 2,
        sort_by: [{ sort_type: 'numeric', regex_key: 'number' }],
      },
      ...beginning,
    });
    await poll();
    expect(bodies().map(String).sort()).toEqual(['a-10.log', 'a-9.log', 'b-2.log']);
  });

  it.each([
    ['alphabetical', {}, ['b']],
    ['alphabetical', { ascending: true }, ['a']],
    ['timestamp', { regex_key: 'date', layout: '%d.%m.%Y' }, ['a']],
    ['mtime', { ascending: true }, ['b']],
  ] as const)('by %s %j', async (sort_type, rule, expected) => {
    const files = logFiles();
    files.write('a-02.01.2026.log', 'a\n');
    files.write('b-01.02.2025.log', 'b\n');
    utimesSync(files.path('b-01.02.2025.log'), 1_000, 1_000);
    const { poll, bodies } = await read({
      include: [files.path('*.log')],
      ordering_criteria: {
        regex: '/(?P<name>\\w)-(?P<date>[0-9.]+)\\.log$',
        sort_by: [{ sort_type, ...(sort_type === 'mtime' ? {} : { regex_key: 'name' }), ...rule }],
      },
      ...beginning,
    });
    await poll();
    expect(bodies()).toEqual(expected);
  });
});

describe('delete_after_read', () => {
  it('deletes a file when all of it was accepted', async () => {
    const files = logFiles();
    files.write('a.log', 'one\ntwo\n');
    const { poll, bodies } = await read({
      include: [files.path('*')],
      delete_after_read: true,
      ...beginning,
    });
    await poll(2);
    expect(bodies()).toEqual(['one', 'two']);
    expect(() => unlinkSync(files.path('a.log'))).toThrow('ENOENT');
  });
});

describe('what is wrong', () => {
  it('is counted: records that are no UTF-8 or too long, files that vanish, and those that cannot be read', async () => {
    const files = logFiles();
    files.write('a.log', Buffer.from([0x61, 0xff, 0x0a, 0x62, 0x0a]));
    files.append('a.log', `${'x'.repeat(250)}\n`);
    const { poll, metrics } = await read({ include: [files.path('*')], max_log_size: 100, ...beginning });
    await poll(2);
    unlinkSync(files.path('a.log'));
    await poll(8);
    const counted = await metrics.collect('otelcol_filelog_');
    expect(counted.map(({ name, value }) => [name, value])).toEqual([
      ['invalid_records', 1],
      ['long_records', 1],
      ['vanished_files', 1],
    ]);
  });
});
