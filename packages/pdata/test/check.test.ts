import { constants } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { checkRequest } from '../src/check.js';
import { maxDepth } from '../src/check-fields.js';
import { MalformedTelemetryError } from '../src/errors.js';
import { Traces } from '../src/index.js';
import type { Signal } from '../src/telemetry.js';
import { frame } from '../src/wire.js';
import { decode } from './oracle.js';
import { varint } from './wire-tree.js';

type Piece = Uint8Array | string | readonly number[];

/** A length-delimited field. */
function delimited(tag: number, ...pieces: readonly Piece[]): Buffer {
  return frame(tag, bytesOf(...pieces));
}

function bytesOf(...pieces: readonly Piece[]): Buffer {
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
}

/** A request with one span; its body starts at byte 6 while it is short. */
function withSpan(...pieces: readonly Piece[]): Buffer {
  return delimited(10, delimited(18, delimited(18, ...pieces)));
}

const span = 'resource_spans.scope_spans.spans';

/** A span with an attribute of lists within lists, so that messages nest `levels` deep below the request. */
function withLists(levels: number): Buffer {
  // Group, scope, span and pair are levels 1 to 4, the value is the fifth; from there on every other one is a list.
  const heads: Buffer[] = [];
  let size = 0;
  for (let level = levels; level > 5; level--) {
    const head = bytesOf([level % 2 === 0 ? 42 : 10], varint(size));
    heads.push(head);
    size += head.length;
  }
  return withSpan(delimited(74, delimited(18, Buffer.concat(heads.reverse()))));
}

describe('a malformed request', () => {
  const ten = Array.from<number>({ length: 9 }).fill(0xff);

  it.each<[string, Signal, Buffer, { code: string; field: string; offset: number }]>([
    [
      'a text longer than its span',
      'traces',
      withSpan([42, 5], 'abc'),
      { code: 'truncated', field: `${span}.name`, offset: 6 },
    ],
    [
      'a time of seven bytes',
      'traces',
      withSpan([57, 1, 2, 3, 4, 5, 6, 7]),
      { code: 'truncated', field: `${span}.start_time_unix_nano`, offset: 6 },
    ],
    [
      'a number that does not end',
      'traces',
      withSpan([42, 1], 'a', [48, 0x80]),
      { code: 'truncated', field: `${span}.kind`, offset: 9 },
    ],
    [
      'a length that does not end',
      'traces',
      withSpan([42, 0x80]),
      { code: 'truncated', field: `${span}.name`, offset: 6 },
    ],
    ['a tag that does not end', 'traces', withSpan([0x85]), { code: 'truncated', field: span, offset: 6 }],
    [
      'a request of half a tag',
      'traces',
      bytesOf([0x8a]),
      { code: 'truncated', field: 'ExportTraceServiceRequest', offset: 0 },
    ],
    [
      'a length of 2^32 - 1',
      'traces',
      withSpan([42], varint(2 ** 32 - 1)),
      { code: 'truncated', field: `${span}.name`, offset: 6 },
    ],
    [
      'a length of 2^53',
      'traces',
      withSpan([74], varint(2n ** 53n)),
      { code: 'truncated', field: `${span}.attributes`, offset: 6 },
    ],
    [
      'a length of 2^64 - 1',
      'logs',
      bytesOf([10], ten, [1]),
      { code: 'truncated', field: 'resource_logs', offset: 0 },
    ],
    [
      'a group that is longer than the request',
      'logs',
      bytesOf([10, 3, 18, 0]),
      { code: 'truncated', field: 'resource_logs', offset: 0 },
    ],
    [
      'a number of 65 bits',
      'traces',
      withSpan([48], ten, [2]),
      { code: 'varint', field: `${span}.kind`, offset: 6 },
    ],
    [
      'a number of eleven bytes',
      'traces',
      withSpan([48], ten, [0x81, 0]),
      { code: 'varint', field: `${span}.kind`, offset: 6 },
    ],
    [
      'a tag of six bytes',
      'traces',
      withSpan([0xca, 0x80, 0x80, 0x80, 0x80, 0, 0]),
      { code: 'varint', field: span, offset: 6 },
    ],
    ['field 0', 'traces', withSpan([2, 0]), { code: 'tag', field: `${span}.0`, offset: 6 }],
    [
      'field 2^29',
      'traces',
      withSpan(varint(2 ** 32), [0]),
      { code: 'tag', field: `${span}.536870912`, offset: 6 },
    ],
    [
      'a group',
      'traces',
      withSpan(varint(8 * 99 + 3), varint(8 * 99 + 4)),
      { code: 'wire_type', field: `${span}.99`, offset: 6 },
    ],
    ['the end of a group', 'traces', withSpan([44]), { code: 'wire_type', field: `${span}.name`, offset: 6 }],
    ['wire type 6', 'traces', withSpan([46]), { code: 'wire_type', field: `${span}.name`, offset: 6 }],
    [
      'wire type 7',
      'traces',
      withSpan(varint(8 * 99 + 7)),
      { code: 'wire_type', field: `${span}.99`, offset: 6 },
    ],
    [
      'a name that is a number',
      'traces',
      withSpan([40, 1]),
      { code: 'wire_type', field: `${span}.name`, offset: 6 },
    ],
    [
      'flags that are a varint',
      'traces',
      withSpan([0x80, 1, 1]),
      { code: 'wire_type', field: `${span}.flags`, offset: 6 },
    ],
    ['packed kinds', 'traces', withSpan([50, 1, 1]), { code: 'wire_type', field: `${span}.kind`, offset: 6 }],
    [
      'a trace ID of 15 bytes',
      'traces',
      withSpan(delimited(10, Buffer.alloc(15))),
      { code: 'id_length', field: `${span}.trace_id`, offset: 6 },
    ],
    [
      'a span ID of 16 bytes',
      'traces',
      withSpan([42, 0], delimited(18, Buffer.alloc(16))),
      { code: 'id_length', field: `${span}.span_id`, offset: 8 },
    ],
    [
      'a trace ID that another one follows',
      'traces',
      withSpan([10, 1, 0], delimited(10, Buffer.alloc(16))),
      { code: 'id_length', field: `${span}.trace_id`, offset: 6 },
    ],
    [
      'bucket counts of nine bytes',
      'metrics',
      delimited(
        10,
        delimited(18, delimited(18, delimited(74, delimited(10, delimited(50, Buffer.alloc(9)))))),
      ),
      {
        code: 'packed_length',
        field: 'resource_metrics.scope_metrics.metrics.histogram.data_points.bucket_counts',
        offset: 10,
      },
    ],
    [
      'packed values of which the last does not end',
      'profiles',
      delimited(10, delimited(18, delimited(18, delimited(18, [34, 2, 1, 0x80])))),
      { code: 'truncated', field: 'resource_profiles.scope_profiles.profiles.samples.values', offset: 8 },
    ],
    [
      'a fault within a value that another one replaces',
      'traces',
      withSpan(delimited(74, delimited(18, [42, 2, 10, 9, 16, 1]))),
      { code: 'truncated', field: `${span}.attributes.value.array_value.values`, offset: 12 },
    ],
  ])('is refused for %s, with its place', (_, signal, bytes, { code, field, offset }) => {
    for (const options of [{}, { repairUtf8: false }]) {
      expect(() => checkRequest(signal, bytes, options)).toThrow(
        expect.objectContaining({ code, field, offset }),
      );
    }
  });

  it('is refused if it is longer than the longest string', () => {
    // Memory that is never touched costs nothing.
    expect(() => checkRequest('traces', new Uint8Array(constants.MAX_STRING_LENGTH + 1))).toThrow(
      expect.objectContaining({ code: 'too_large' }),
    );
  });
});

describe('a request that protobuf allows', () => {
  it('comes in as it is if its numbers take more bytes than they need', () => {
    const numbers = withSpan(
      [48, 0x82, 0x80, 0],
      [80, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0],
    );
    expect(checkRequest('traces', numbers)).toBe(numbers);
    expect([...Traces.from(numbers).spans()][0]).toMatchObject({
      kind: 'server',
      droppedAttributesCount: 1,
    });
  });

  it.each<[string, Buffer, Buffer]>([
    ['tag of a text', withSpan([0xaa, 0x80, 0, 1], 'a'), withSpan([42, 1], 'a')],
    ['length of a text', withSpan([42], varint(1, 9), 'a'), withSpan([42, 1], 'a')],
    ['tag of a number', withSpan([0xb0, 0, 2]), withSpan([48, 2])],
    ['tag of an unknown number', withSpan(varint(50 * 8, 2), [2]), withSpan(varint(50 * 8), [2])],
    [
      'tag of an unknown text',
      withSpan(varint(50 * 8 + 2, 2), [1], 'a'),
      withSpan(varint(50 * 8 + 2), [1], 'a'),
    ],
    [
      'length of an unknown text',
      withSpan(varint(50 * 8 + 2), varint(1, 1), 'a'),
      withSpan(varint(50 * 8 + 2), [1], 'a'),
    ],
    ['tag of flags', withSpan(varint(16 * 8 + 5, 1), '1234'), withSpan(varint(16 * 8 + 5), '1234')],
    [
      'length of a trace ID',
      withSpan([10], varint(16, 1), Buffer.alloc(16)),
      withSpan(delimited(10, Buffer.alloc(16))),
    ],
    ['length of a pair', withSpan([74], varint(0, 3)), withSpan([74, 0])],
    // Its body is four bytes long and starts at byte four.
    ['tag of a group', bytesOf([0x8a, 0x80, 0, 4, 26, 2], 'ab'), bytesOf([10, 4, 26, 2], 'ab')],
  ])('comes in with the %s in its shortest form', (_, long, short) => {
    expect(checkRequest('traces', long)).toEqual(short);
  });

  it('comes in as it is whether numbers are packed or not', () => {
    const packed = delimited(34, [1, 2, 0x80, 1]);
    const single = bytesOf([32, 1, 32, 2, 32, 0x80, 1]);
    for (const values of [packed, single, bytesOf(packed, single)]) {
      const request = delimited(10, delimited(18, delimited(18, delimited(18, values))));
      expect(checkRequest('profiles', request)).toBe(request);
    }
  });

  it('may have unknown fields everywhere', () => {
    const unknown = bytesOf(
      varint(99 * 8),
      varint(7),
      varint(99 * 8 + 1),
      '12345678',
      varint(99 * 8 + 2),
      [1],
      'x',
      varint(99 * 8 + 5),
      '1234',
      varint(2 ** 32 - 8),
      [1],
    );
    const request = bytesOf(
      unknown,
      delimited(10, unknown, delimited(18, unknown, delimited(18, unknown, delimited(74, unknown)))),
    );
    expect(checkRequest('traces', request)).toBe(request);
  });

  it('may be empty', () => {
    expect(checkRequest('metrics', new Uint8Array(0))).toHaveLength(0);
  });

  it('may nest as deep as other decoders read, and no deeper', () => {
    const deepest = withLists(maxDepth);
    expect(checkRequest('traces', deepest)).toBe(deepest);
    expect(() => decode('TracesRequest', deepest)).not.toThrow();
    const deeper = withLists(maxDepth + 1);
    expect(() => checkRequest('traces', deeper)).toThrow(expect.objectContaining({ code: 'nesting' }));
    expect(() => decode('TracesRequest', deeper)).toThrow('max depth exceeded');
  });

  it('may nest as deep in maps', () => {
    // A pair, its value and the map in it are three levels; the first pair is the fourth, and so is every third after it.
    const withMaps = (innermost: Buffer): Buffer => {
      let pair = innermost;
      for (let level = maxDepth; level > 4; level -= 3)
        pair = bytesOf([10, 0], delimited(18, delimited(50, delimited(10, pair))));
      return withSpan(delimited(74, pair));
    };
    const deepest = withMaps(bytesOf([10, 1], 'k'));
    expect(checkRequest('traces', deepest)).toBe(deepest);
    const deeper = withMaps(bytesOf([10, 1], 'k', [18, 0]));
    expect(() => checkRequest('traces', deeper)).toThrow(expect.objectContaining({ code: 'nesting' }));
    expect(() => decode('TracesRequest', deeper)).toThrow('max depth exceeded');
  });

  it('tells of the texts that were repaired, not of those that were left out', () => {
    const [broken, list] = [
      delimited(10, [0xff]),
      (value: Buffer): Buffer => delimited(42, delimited(10, value)),
    ];
    const repaired: number[] = [];
    const checked = checkRequest(
      'traces',
      withSpan(delimited(74, broken, delimited(18, list(broken), [16, 1]))),
      {
        onRepair: (fields) => repaired.push(fields),
      },
    );
    expect(checked).toEqual(withSpan(delimited(74, delimited(10, '\ufffd'), delimited(18, [16, 1]))));
    expect(repaired).toEqual([1]);
  });

  it('is not copied when it comes as a plain Uint8Array', () => {
    const plain = Uint8Array.from(withSpan([42, 1], 'a'));
    expect(checkRequest('traces', plain).buffer).toBe(plain.buffer);
  });
});

describe('a redaction', () => {
  const secret = delimited(10, 'user.email');
  const value = delimited(18, delimited(10, 'a@b.example'));
  const pair = bytesOf(secret, value);
  const other = bytesOf(delimited(10, 'k'), delimited(18, delimited(10, 'v')));

  it.each<[string, Buffer]>([
    ['a second key', withSpan(delimited(74, delimited(10, 'harmless'), value, secret))],
    ['a second value', withSpan(delimited(74, secret, delimited(18, delimited(10, 'x')), value))],
    [
      'a second member of the value',
      withSpan(delimited(74, secret, delimited(18, delimited(10, 'a@b.example'), [16, 1]))),
    ],
    [
      'a value that lies in two halves',
      withSpan(
        delimited(
          74,
          secret,
          delimited(18, delimited(42, delimited(10, [16, 1]))),
          delimited(18, delimited(42, value)),
        ),
      ),
    ],
    [
      'a key of which the tag is long',
      withSpan(delimited(74, [0x8a, 0], varint(10, 3), 'user.email', value)),
    ],
    ['a pair of which the tag is long', withSpan([0xca, 0x80, 0], varint(pair.length, 4), pair)],
    ['a pair that stands twice', withSpan(delimited(74, pair), delimited(74, other), delimited(74, pair))],
    [
      'a second resource',
      delimited(
        10,
        delimited(10, delimited(10, other)),
        delimited(10, delimited(10, pair)),
        delimited(18, delimited(18)),
      ),
    ],
    [
      'a second scope',
      delimited(
        10,
        delimited(18, delimited(10, delimited(26, other)), delimited(18), delimited(10, delimited(26, pair))),
      ),
    ],
  ])('finds %s', (_, bytes) => {
    expect(bytes.includes('a@b.example')).toBe(true);
    const traces = Traces.from(bytes);
    for (const span of traces.spans()) {
      for (const { attributes } of [span, span.scope, span.resource]) attributes.delete('user.email');
    }
    expect(Buffer.from(traces.toBytes()).includes('a@b.example')).toBe(false);
  });
});

describe('a hostile request', () => {
  // Work that grew faster than the length would not end within the time of a test.
  const size = 1_000_000;
  const repeat = (piece: readonly number[]): Buffer =>
    Buffer.alloc(size - (size % piece.length), bytesOf(piece));

  it.each<[string, Signal, () => Buffer]>([
    ...[0, 1, 8, 9, 10, 13, 18, 74, 0x80, 0xff].map((byte): [string, Signal, () => Buffer] => [
      `ten million bytes ${byte}`,
      'traces',
      () => Buffer.alloc(10_000_000, byte),
    ]),
    ['empty groups', 'logs', () => repeat([10, 0])],
    ['empty spans', 'traces', () => delimited(10, delimited(18, repeat([18, 0])))],
    ['empty pairs', 'traces', () => withSpan(repeat([74, 0]))],
    ['pairs with two keys', 'traces', () => withSpan(repeat([74, 4, 10, 0, 10, 0]))],
    ['pairs with two values', 'traces', () => withSpan(repeat([74, 4, 18, 0, 18, 0]))],
    ['names', 'traces', () => withSpan(repeat([42, 1, 97]))],
    ['resources', 'traces', () => delimited(10, repeat([10, 4, 10, 2, 10, 0]))],
    [
      'members of a oneof by turns',
      'metrics',
      () => delimited(10, delimited(18, delimited(18, repeat([42, 2, 10, 0, 58, 2, 10, 0])))),
    ],
    ['texts that are none', 'traces', () => withSpan(repeat([74, 4, 10, 2, 0xff, 0xff]))],
    ['one text that is none', 'traces', () => withSpan([42], varint(size), repeat([0xff]))],
    ['unknown fields with long tags', 'traces', () => withSpan(repeat([0xf8, 0x80, 0x80, 0x80, 0, 1]))],
    ['lists within lists, 100,000 levels', 'traces', () => withLists(100_000)],
    [
      'lists within lists, each of them twice, around a long text',
      'traces',
      () => {
        let message = delimited(10, repeat([120]));
        for (let level = 0; level < 46; level++)
          message = delimited(42, delimited(10, message), delimited(10, [42, 0, 42, 0]));
        return withSpan(delimited(74, delimited(18, message), delimited(18, [])));
      },
    ],
    [
      'values within values, each of them in two halves',
      'traces',
      () => {
        let message = delimited(10, delimited(10, 'x'));
        for (let level = 0; level < 30; level++)
          message = bytesOf(delimited(50, delimited(10, [18, 0], delimited(18, message))), [50, 0]);
        return withSpan(delimited(74, delimited(18, message)), repeat([74, 0]));
      },
    ],
  ])('of %s costs no more than its length', (_, signal, make) => {
    const request = make();
    const checked = checkOrError(signal, request);
    // A second look at what was let in finds nothing to do.
    const again = checked instanceof MalformedTelemetryError ? checked : checkOrError(signal, checked);
    // Not `toBe`: a difference of ten million bytes is nothing to print.
    expect(again === checked).toBe(true);
  });

  it('of many empty records is refused as soon as they are too many', () => {
    const bytes = delimited(10, delimited(18, repeat([18, 0])));
    expect(() => checkRequest('traces', bytes, { maxItems: 1000 })).toThrow(
      expect.objectContaining({ code: 'too_many_items', field: span, offset: 8 + 2 * 998 }),
    );
  });
});

function checkOrError(signal: Signal, bytes: Buffer): Buffer | MalformedTelemetryError {
  try {
    return checkRequest(signal, bytes);
  } catch (error) {
    if (error instanceof MalformedTelemetryError) return error;
    throw error;
  }
}
