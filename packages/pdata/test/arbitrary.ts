/** Messages of OTLP at random, for property tests. */
import fc from 'fast-check';
import { messages, type Field } from '../src/messages.js';
import { enums, type EnumName, type MessageName } from '../src/schema.js';
import type { Plain } from './oracle.js';

/** Values within values, unless asked for otherwise. */
const usualDepth = 3;

const known = new Map<string, fc.Arbitrary<Plain>>();

/**
 * Any message, in the shape that `encode` takes: any of its fields, at most one
 * member of a oneof, zero values written out now and then, 64-bit integers as
 * strings, bytes and IDs in base64. Values nest at most `depth` times.
 */
export function anyMessage(name: MessageName, depth: number = usualDepth): fc.Arbitrary<Plain> {
  const id = `${name} ${depth}`;
  let arbitrary = known.get(id);
  if (arbitrary === undefined) known.set(id, (arbitrary = makeMessage(name, depth)));
  return arbitrary;
}

/** Text of any kind: empty, ASCII, and all planes of Unicode. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', '__proto__', 'service.name', 'x'.repeat(130), 'ä'.repeat(20), '\ufeff', '\0'),
);

function makeMessage(name: MessageName, depth: number): fc.Arbitrary<Plain> {
  const fields = messages[name].fields.filter((field) => depth > 0 || !isNested(field));
  const plain = fields.filter((field) => field.oneof === undefined);
  const oneofs = new Map<string, Field[]>();
  for (const field of fields) {
    if (field.oneof !== undefined) oneofs.set(field.oneof, [...(oneofs.get(field.oneof) ?? []), field]);
  }
  const parts = [
    fc.record(Object.fromEntries(plain.map((field) => [field.jsonName, anyField(field, depth)])), {
      requiredKeys: [],
    }),
    ...[...oneofs.values()].map((members) =>
      fc.oneof(
        fc.constant({}),
        ...members.map((field) => fc.record({ [field.jsonName]: anyField(field, depth) })),
      ),
    ),
  ];
  return fc.tuple(...parts).map((all) => Object.assign({}, ...all) as Plain);
}

/** Whether the field leads from a value into values. */
function isNested(field: Field): boolean {
  return field.type === 'ArrayValue' || field.type === 'KeyValueList';
}

function anyField(field: Field, depth: number): fc.Arbitrary<unknown> {
  const one =
    field.kind === 'message'
      ? anyMessage(field.type as MessageName, isNested(field) ? depth - 1 : depth)
      : field.kind === 'enum'
        ? anyEnum(field.type as EnumName)
        : scalars[field.type]!;
  if (!field.repeated) return one;
  // Mostly not empty: else few requests would reach down to their records.
  const maxLength = field.kind === 'message' ? 2 : 4;
  return fc.oneof(
    { weight: 3, arbitrary: fc.array(one, { minLength: 1, maxLength }) },
    { weight: 1, arbitrary: fc.array(one, { maxLength }) },
  );
}

/** Also numbers that have no name yet. */
function anyEnum(name: EnumName): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...Object.values(enums[name].values)) },
    { weight: 1, arbitrary: fc.integer() },
  );
}

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const signed64 = integer64(-(2n ** 63n), 2n ** 63n - 1n);
const unsigned64 = integer64(0n, 2n ** 64n - 1n);

function integer64(min: bigint, max: bigint): fc.Arbitrary<string> {
  return fc
    .oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 0n, 1n, 2n ** 53n, 2n ** 32n, 300n))
    .map(String);
}

const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  string: anyText,
  bytes: fc.uint8Array({ maxLength: 8 }).map(base64),
  bytes8: anyId(8),
  bytes16: anyId(16),
  bool: fc.boolean(),
  double: fc.double(),
  fixed32: uint32,
  fixed64: unsigned64,
  sfixed64: signed64,
  int32,
  int64: signed64,
  sint32: int32,
  uint32,
  uint64: unsigned64,
};

/** Mostly there, else empty; of few values, so that they meet. */
function anyId(length: number): fc.Arbitrary<string> {
  return fc.oneof(
    fc.integer({ min: 1, max: 3 }).map((byte) => base64(new Uint8Array(length).fill(byte))),
    fc.uint8Array({ minLength: length, maxLength: length }).map(base64),
    fc.constant(''),
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
