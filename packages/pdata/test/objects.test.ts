import { describe, expect, it } from 'vitest';
import { double, Logs, Metrics, Traces, type AttributeInput, type SpanInit } from '../src/index.js';
import { decode } from './oracle.js';

/** A scope to add spans to. */
function scopeOf(traces: Traces): ReturnType<ReturnType<Traces['addResourceSpans']>['addScope']> {
  return traces.addResourceSpans().addScope();
}

function add(init: object): void {
  scopeOf(Traces.create()).add(init as SpanInit);
}

/** The value as it goes onto the wire, read by protobufjs. */
function written(value: AttributeInput): unknown {
  const traces = Traces.create();
  scopeOf(traces).add({ name: 'n', attributes: { k: value } });
  const { resourceSpans } = decode('TracesRequest', traces.toBytes()) as {
    resourceSpans: { scopeSpans: { spans: { attributes: { value: unknown }[] }[] }[] }[];
  };
  return resourceSpans[0]!.scopeSpans[0]!.spans[0]!.attributes[0]!.value;
}

describe('an attribute value', () => {
  it.each<[string, AttributeInput, object]>([
    ['text', 'a', { stringValue: 'a' }],
    ['empty text', '', { stringValue: '' }],
    ['a lone surrogate', 'a\ud800', { stringValue: 'a\ufffd' }],
    ['false', false, { boolValue: false }],
    ['a whole number', 1, { intValue: 1n }],
    ['zero', 0, { intValue: 0n }],
    ['minus zero', -0, { doubleValue: -0 }],
    ['a fraction', 1.5, { doubleValue: 1.5 }],
    ['no number', NaN, { doubleValue: NaN }],
    ['infinity', -Infinity, { doubleValue: -Infinity }],
    ['a whole number that is a double', double(1), { doubleValue: 1 }],
    ['a number beyond int64', 2 ** 63, { doubleValue: 2 ** 63 }],
    ['the smallest int64', -(2 ** 63), { intValue: -(2n ** 63n) }],
    ['the largest int64', 2n ** 63n - 1n, { intValue: 2n ** 63n - 1n }],
    ['null', null, {}],
    ['bytes', Uint8Array.of(1, 2), { bytesValue: 'AQI=' }],
    ['an empty list', [], { arrayValue: {} }],
    ['a list', ['a', null, 1], { arrayValue: { values: [{ stringValue: 'a' }, {}, { intValue: 1n }] } }],
    // A map of the same shape is told apart from what `double` makes.
    ['a map', { double: 1 }, { kvlistValue: { values: [{ key: 'double', value: { intValue: 1n } }] } }],
    [
      'a map without prototype',
      Object.assign(Object.create(null), { a: [] }) as AttributeInput,
      { kvlistValue: { values: [{ key: 'a', value: { arrayValue: {} } }] } },
    ],
  ])('is written: %s', (_, value, expected) => {
    expect(written(value)).toEqual(expected);
  });

  it.each([
    ['a bigint beyond int64', 2n ** 63n, RangeError, 'must fit 64 bits with sign, got 9223372036854775808'],
    ['undefined', undefined, TypeError, 'must be an attribute value, got undefined'],
    ['a function', () => 1, TypeError, 'must be an attribute value, got a function'],
    ['a date', new Date(0), TypeError, 'must be a plain object, got an object'],
    ['a Map', new Map(), TypeError, 'must be a plain object, got an object'],
  ])('is refused: %s', (_, value, type, problem) => {
    const set = (): unknown => written(value as AttributeInput);
    expect(set).toThrow(type);
    expect(set).toThrow(`Span.attributes["k"]: ${problem}`);
    expect(() => written({ list: [value as AttributeInput] })).toThrow(
      `Span.attributes["k"]["list"][0]: ${problem}`,
    );
  });

  it('that holds itself is refused', () => {
    const list: AttributeInput[] = [];
    list.push(list);
    expect(() => written(list)).toThrow(/nested deeper than 30 values/);
  });

  it('nested as deep as is written passes the check at the door', () => {
    let value: AttributeInput = 'deep';
    for (let i = 0; i < 30; i++) value = { m: value };
    const metrics = Metrics.create();
    metrics
      .addResourceMetrics()
      .addScope()
      .add({ name: 'm', sum: { dataPoints: [{ exemplars: [{ filteredAttributes: { k: value } }] }] } });
    expect(Metrics.from(metrics.toBytes()).itemCount).toBe(1);
    expect(Metrics.fromJson(metrics.toJson()).itemCount).toBe(1);
  });
});

describe('an initialiser', () => {
  it('takes what is undefined as absent', () => {
    expect(() => add({ name: 'n', traceId: undefined, attributes: undefined })).not.toThrow();
  });

  it('takes views of parts, with their edits', () => {
    const source = Traces.create();
    const span = scopeOf(source).add({
      name: 'a',
      status: { code: 'error', message: 'm' },
      events: [{ name: 'e' }],
    });
    span.status.message = 'edited';
    const target = Traces.create();
    const copy = scopeOf(target).add({ name: 'b', status: span.status });
    expect(copy.status.toObject()).toEqual({ code: 2, message: 'edited' });
  });

  it.each([
    ['an unknown field', { name: 'n', nmae: 'x' }, TypeError, 'Span.nmae: Span has no such field'],
    [
      'a name in the spelling of protobuf',
      { trace_id: '' },
      TypeError,
      'Span.trace_id: Span has no such field',
    ],
    ['a number for text', { name: 7 }, TypeError, 'Span.name: must be a string, got 7'],
    [
      'a short ID',
      { name: 'n', traceId: 'ab' },
      TypeError,
      'Span.traceId: must be 32 hexadecimal digits or empty, got "ab"',
    ],
    [
      'half a digit pair',
      { spanId: 'a'.repeat(15) },
      TypeError,
      'Span.spanId: must be 16 hexadecimal digits or empty',
    ],
    [
      'a number for a time',
      { startTimeUnixNano: 5 },
      TypeError,
      'Span.startTimeUnixNano: must be a bigint, got 5',
    ],
    [
      'a negative time',
      { startTimeUnixNano: -1n },
      RangeError,
      'Span.startTimeUnixNano: must be an integer from 0 to 18446744073709551615, got -1',
    ],
    [
      'a time beyond 64 bits',
      { endTimeUnixNano: 2n ** 64n },
      RangeError,
      'Span.endTimeUnixNano: must be an integer',
    ],
    [
      'a fraction for a count',
      { droppedEventsCount: 0.5 },
      RangeError,
      'Span.droppedEventsCount: must be an integer from 0 to 4294967295, got 0.5',
    ],
    [
      'a bigint for a count',
      { droppedEventsCount: 1n },
      TypeError,
      'Span.droppedEventsCount: must be a number, got 1n',
    ],
    [
      'an unknown kind',
      { kind: 'SERVER ' },
      TypeError,
      'Span.kind: must be one of unspecified, internal, server, client, producer, consumer, got "SERVER "',
    ],
    ['a kind by number', { kind: 2 }, TypeError, 'Span.kind: must be one of'],
    ['one event for a list', { events: {} }, TypeError, 'Span.events: must be an array, got an object'],
    ['null for an event', { events: [{}, null] }, TypeError, 'Span.events[1]: must be an object, got null'],
    [
      'a fault in an event',
      { events: [{ name: 'e' }, { timeUnixNano: '1' }] },
      TypeError,
      'Span.events[1].timeUnixNano: must be a bigint, got "1"',
    ],
    [
      'a list for attributes',
      { attributes: [['a', 1]] },
      TypeError,
      'Span.attributes: must be a plain object, got an array',
    ],
  ])('refuses %s', (_, init, type, problem) => {
    expect(() => add(init)).toThrow(type);
    expect(() => add(init)).toThrow(problem);
  });

  it('refuses the view of another message', () => {
    const span = scopeOf(Traces.create()).add({ name: 'a', links: [{}] });
    const [link] = span.links();
    expect(() => add({ name: 'b', events: [link] })).toThrow(
      'Span.events[0]: must be a SpanEvent, got a SpanLink',
    );
  });

  it('that is refused leaves the batch as it was', () => {
    const traces = Traces.create();
    const scope = scopeOf(traces);
    scope.add({ name: 'kept' });
    const before = traces.toBytes();
    expect(() => scope.add({ name: 'n', traceId: 'x' })).toThrow(TypeError);
    expect(traces.toBytes()).toEqual(before);
  });
});

describe('a plain copy', () => {
  it('is JSON: no bigint, no bytes, and the same as OTLP/JSON', () => {
    const logs = Logs.create();
    const record = logs
      .addResourceLogs()
      .addScope()
      .add({
        timeUnixNano: 2n ** 63n,
        body: { bytes: Uint8Array.of(255), big: 2n ** 60n, none: null },
        traceId: 'AB'.repeat(16),
        severityNumber: 'fatal4',
        attributes: { nan: NaN },
      });
    const copy = record.toObject();
    expect(copy).toEqual({
      timeUnixNano: '9223372036854775808',
      body: {
        kvlistValue: {
          values: [
            { key: 'bytes', value: { bytesValue: '/w==' } },
            { key: 'big', value: { intValue: '1152921504606846976' } },
            { key: 'none', value: {} },
          ],
        },
      },
      traceId: 'ab'.repeat(16),
      severityNumber: 24,
      attributes: [{ key: 'nan', value: { doubleValue: 'NaN' } }],
    });
    expect(JSON.parse(logs.toJson())).toEqual({ resourceLogs: [{ scopeLogs: [{ logRecords: [copy] }] }] });
  });

  it('is kept when the batch goes on and is changed', () => {
    const traces = Traces.create();
    const span = scopeOf(traces).add({ name: 'before' });
    const copy = span.toObject();
    span.name = 'after';
    expect(copy).toEqual({ name: 'before' });
    expect(span.toObject()).toEqual({ name: 'after' });
  });
});
