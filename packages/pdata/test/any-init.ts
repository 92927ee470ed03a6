/** Initialisers at random, each with the message that it must become. */
import fc from 'fast-check';
import type { AttributeInput } from '../src/attributes.js';
import { double } from '../src/encode.js';
import { messages, type Field } from '../src/messages.js';
import { enums, type EnumName, type MessageName } from '../src/schema.js';
import { anyText } from './arbitrary.js';
import type { Plain } from './oracle.js';

/** What `add` takes, and the same in the shape that `encode` of the oracle takes. */
export interface Init {
  readonly init: object;
  readonly plain: Plain;
}

export function anyInit(name: MessageName): fc.Arbitrary<Init> {
  const fields = messages[name].fields.map((field): fc.Arbitrary<[string, Given] | undefined> => {
    return fc.option(
      anyGiven(field).map((given): [string, Given] => [field.jsonName, given]),
      { nil: undefined },
    );
  });
  return fc.tuple(...fields).map((all) => {
    const init: Plain = {};
    const plain: Plain = {};
    const taken = new Set<string>();
    for (const entry of all) {
      if (entry === undefined) continue;
      const [key, given] = entry;
      const { oneof } = messages[name].byJsonName.get(key)!;
      if (oneof !== undefined && taken.has(oneof)) continue;
      if (oneof !== undefined) taken.add(oneof);
      init[key] = given.init;
      plain[key] = given.plain;
    }
    return { init, plain };
  });
}

/** A value of a field, and the same as `encode` takes it. */
export interface Given {
  readonly init: unknown;
  readonly plain: unknown;
}

export function anyGiven(field: Field): fc.Arbitrary<Given> {
  if (field.type === 'KeyValue') {
    return anyPairs.map((init) => ({ init, plain: plainPairs(init) }));
  }
  const one = anyOne(field);
  if (!field.repeated) return one;
  return fc.array(one, { maxLength: 3 }).map((list) => ({
    init: list.map(({ init }) => init),
    plain: list.map(({ plain }) => plain),
  }));
}

function anyOne(field: Field): fc.Arbitrary<Given> {
  if (field.type === 'AnyValue') return anyInput.map((init) => ({ init, plain: plainValue(init) }));
  if (field.kind === 'message') return anyInit(field.type as MessageName);
  if (field.kind === 'enum') {
    return fc
      .constantFrom(...Object.entries(enums[field.type as EnumName].values))
      .map(([name, number]) => ({ init: name.toLowerCase(), plain: number }));
  }
  switch (field.type) {
    case 'string':
      return anyText.map(same);
    case 'bool':
      return fc.boolean().map(same);
    case 'double':
      return fc.double().map(same);
    case 'bytes':
      return fc.uint8Array({ maxLength: 9 }).map((bytes) => ({ init: bytes, plain: base64(bytes) }));
    case 'bytes8':
    case 'bytes16':
      return fc
        .oneof(
          fc.uint8Array({ minLength: field.idBytes!, maxLength: field.idBytes! }),
          fc.constant(new Uint8Array(0)),
        )
        .map((bytes) => ({ init: Buffer.from(bytes).toString('hex'), plain: base64(bytes) }));
    case 'uint32':
    case 'fixed32':
      return fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(same);
    case 'int32':
    case 'sint32':
      return fc.integer().map(same);
    case 'fixed64':
    case 'uint64':
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(asText);
    default:
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(asText);
  }
}

/** Anything that `set` takes. */
export const anyInput: fc.Arbitrary<AttributeInput> = fc.letrec<{ input: AttributeInput }>((tie) => ({
  input: fc.oneof(
    { depthSize: 'small' },
    anyText,
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.uint8Array({ maxLength: 9 }),
    fc.constant(null),
    fc.double().map(double),
    fc.array(tie('input'), { maxLength: 3 }),
    fc.dictionary(anyText, tie('input'), { maxKeys: 3 }),
  ),
})).input;

const anyPairs = fc.dictionary(anyText, anyInput, { maxKeys: 4 });

/** The AnyValue that an input must become, by the words of its documentation. */
export function plainValue(input: AttributeInput): Plain {
  if (input === null) return {};
  if (typeof input === 'string') return { stringValue: input };
  if (typeof input === 'boolean') return { boolValue: input };
  if (typeof input === 'bigint') return { intValue: String(input) };
  if (typeof input === 'number') {
    const isInt = Number.isInteger(input) && Math.abs(input) < 2 ** 63 && !Object.is(input, -0);
    return isInt ? { intValue: String(BigInt(input)) } : { doubleValue: input };
  }
  if (input instanceof Uint8Array) return { bytesValue: base64(input) };
  if (Array.isArray(input)) return { arrayValue: { values: input.map(plainValue) } };
  // A map with the key `double` has a null prototype or that of objects, too: only the brand tells.
  if (Object.getOwnPropertySymbols(input).length > 0) {
    return { doubleValue: (input as { readonly double: number }).double };
  }
  return { kvlistValue: { values: plainPairs(input as Readonly<Record<string, AttributeInput>>) } };
}

function plainPairs(pairs: Readonly<Record<string, AttributeInput>>): Plain[] {
  return Object.entries(pairs).map(([key, value]) => ({ key, value: plainValue(value) }));
}

function same(value: unknown): Given {
  return { init: value, plain: value };
}

function asText(value: bigint): Given {
  return { init: value, plain: String(value) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
