import { describe, expect, it } from 'vitest';
import { double, LogWriter, Logs, type LogRecordInit } from './index.js';

const records: LogRecordInit[] = [
  {
    body: 'one',
    attributes: { a: 1, b: [double(2), { c: null }] },
    severityNumber: 'info',
    severityText: 'I',
  },
  { body: { nested: 'x'.repeat(300) }, timeUnixNano: 5n, traceId: '0123456789abcdef0123456789abcdef' },
  {},
];

/** The same by the way that is not ours to test here. */
function described(groups: readonly (readonly LogRecordInit[])[]): Logs {
  const logs = Logs.create();
  for (const logRecords of groups) {
    logs.addResourceLogs({
      resource: { attributes: { host: 'h' } },
      scopeLogs: [{ scope: { name: 's' }, logRecords }],
    });
  }
  return logs;
}

const group = { resource: { attributes: { host: 'h' } }, scope: { name: 's' } };

describe('a log writer', () => {
  it('writes what a batch is written with', () => {
    const writer = new LogWriter();
    writer.group(group);
    for (const record of records) writer.add(record);
    writer.group(group);
    writer.add(records[0]!);
    const logs = writer.take();
    expect(logs.itemCount).toBe(4);
    expect(logs.toJson()).toBe(described([records, [records[0]!]]).toJson());
    expect(Logs.from(logs.toBytes()).itemCount).toBe(4);
  });

  it('writes text that is there as bytes', () => {
    const writer = new LogWriter();
    writer.group(group);
    const texts = ['', 'é and more', 'x'.repeat(20_000), 'y'.repeat(200)];
    const common: LogRecordInit = { observedTimeUnixNano: 7n, attributes: { file: 'a.log' } };
    const fields = LogWriter.fields(common);
    const bytes = Buffer.from(texts.join(''));
    let at = 0;
    for (const text of texts) {
      const end = at + Buffer.byteLength(text);
      writer.addText(bytes, at, end, fields);
      at = end;
    }
    expect(writer.take().toJson()).toBe(described([texts.map((body) => ({ ...common, body }))]).toJson());
  });

  it('begins anew after each batch, which keeps what is its own', () => {
    const writer = new LogWriter();
    expect(writer.take().itemCount).toBe(0);
    writer.group(group);
    writer.add({ body: 'first' });
    const first = writer.take();
    expect([writer.count, writer.byteLength]).toEqual([0, 0]);
    writer.group({});
    writer.add({ body: 'second' });
    const second = writer.take();
    expect([...first.records(), ...second.records()].map(({ body }) => body)).toEqual(['first', 'second']);
  });

  it('writes nothing of a record that does not fit, and says where', () => {
    const writer = new LogWriter();
    writer.group({});
    writer.add({ body: 'one' });
    expect(() => writer.add({ attributes: { a: { b: Number as never } } })).toThrow(
      'LogRecord.attributes["a"]["b"]: must be an attribute value, got a function',
    );
    expect([...writer.take().records()].map(({ body }) => body)).toEqual(['one']);
    expect(() => writer.add({})).toThrow('a record needs a group');
  });
});
