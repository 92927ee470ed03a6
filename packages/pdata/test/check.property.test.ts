import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProperty } from '../../../test/support/property.js';
import { checkRequest } from '../src/check.js';
import { MalformedTelemetryError } from '../src/errors.js';
import {
  batchFactory,
  type Attributes,
  type Batch,
  type Node,
  type Resource,
  type Signal,
} from '../src/index.js';
import { signalPaths } from '../src/messages.js';
import type { MessageName } from '../src/schema.js';
import { anyMessage } from './arbitrary.js';
import { anyDamage, anyPick } from './damage.js';
import { decode, encode, type Plain } from './oracle.js';
import {
  copyOf,
  fieldsOf,
  messagesOf,
  parse,
  serialise,
  unknownField,
  type WireField,
  type WireMessage,
} from './wire-tree.js';

interface AnyRequest {
  readonly signal: Signal;
  readonly name: MessageName;
  readonly bytes: Buffer;
}

const anyRequest: fc.Arbitrary<AnyRequest> = fc.oneof(
  ...Object.entries(signalPaths).map(([signal, { request: name }]) =>
    anyMessage(name).map((plain) => ({ signal: signal as Signal, name, bytes: encode(name, plain) })),
  ),
);

function pick<T>(list: readonly T[], number: number): T | undefined {
  return list[number % list.length];
}

describe('checkRequest', () => {
  it('returns a valid request itself, in its own memory', () => {
    assertProperty(
      fc.property(anyRequest, ({ signal, bytes }) => {
        const before = Buffer.from(bytes);
        expect(checkRequest(signal, bytes)).toBe(bytes);
        expect(checkRequest(signal, bytes, { repairUtf8: false })).toBe(bytes);
        expect(bytes.equals(before)).toBe(true);
      }),
    );
  });

  it('turns damaged bytes into what protobuf reads from them, or says where they are wrong', () => {
    assertProperty(
      fc.property(
        anyRequest,
        fc.array(anyDamage, { minLength: 1, maxLength: 3 }),
        ({ signal, name, bytes }, damages) => {
          const damaged = damages.reduce((before, damage) => damage(before), bytes);
          const checked = checkOrError(signal, damaged);
          if (checked instanceof MalformedTelemetryError) expectPlace(checked, damaged);
          else expectSame(name, checked, damaged, signal);
        },
      ),
    );
  });

  it('merges what stands twice as protobuf does, wherever it stands', () => {
    assertProperty(
      fc.property(
        anyRequest,
        fc.array(anyBend, { minLength: 1, maxLength: 8 }),
        ({ signal, name, bytes }, bends) => {
          const tree = parse(name, bytes);
          for (const bend of bends) bend(tree);
          const bent = serialise(tree);
          const checked = checkRequest(signal, bent);
          expectSame(name, checked, bent, signal);
          expect([...messagesOf(parse(name, checked))].flatMap(twiceIn)).toEqual([]);
        },
      ),
    );
  });

  it('lets in nothing on which a count, a cut, a view or a conversion could throw', () => {
    assertProperty(
      fc.property(
        anyRequest,
        fc.array(anyBend, { maxLength: 3 }),
        fc.array(anyDamage, { maxLength: 2 }),
        ({ signal, name, bytes }, bends, damages) => {
          const tree = parse(name, bytes);
          for (const bend of bends) bend(tree);
          const bent = damages.reduce((before, damage) => damage(before), serialise(tree));
          const batch =
            checkOrError(signal, bent) instanceof Buffer ? batchFactory(signal).from(bent) : undefined;
          if (batch !== undefined) useAll(batch);
        },
      ),
    );
  });

  it('keeps every unknown field, also in what it writes anew', () => {
    const anyPlace = fc.tuple(anyPick, anyPick);
    assertProperty(
      fc.property(
        anyRequest,
        fc.array(anyPlace, { minLength: 1, maxLength: 6 }),
        anyPick,
        ({ signal, name, bytes }, places, padded) => {
          const tree = parse(name, bytes);
          const unknown = places.map(([where, what], index) => {
            const { fields } = pick([...messagesOf(tree)], where)!;
            const field = unknownField(
              17 + index,
              [2, 5, 1][what % 3] as 1,
              Buffer.alloc([3, 4, 8][what % 3]!, index),
            );
            fields.splice(what % (fields.length + 1), 0, field);
            return field;
          });
          splitSomeMessage(tree, padded);
          lengthenSomething(tree, padded);
          const checked = parse(name, checkRequest(signal, serialise(tree)));
          const left = fieldsOf(checked).filter(({ field }) => field === undefined);
          const shown = (field: WireField): string =>
            `${field.number} ${(field.body as Buffer).toString('hex')}`;
          expect(left.map(shown).sort()).toEqual(unknown.map(shown).sort());
        },
      ),
    );
  });

  it('repairs text as TextDecoder does, and that alone', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    assertProperty(
      fc.property(
        anyRequest,
        fc.array(fc.tuple(anyPick, anyBytesOfText), { minLength: 1, maxLength: 3 }),
        ({ signal, name, bytes }, texts) => {
          const tree = parse(name, bytes);
          const strings = fieldsOf(tree).filter(({ field }) => field?.type === 'string');
          for (const [which, text] of texts) {
            const string = pick(strings, which);
            if (string !== undefined) string.body = text;
          }
          const broken = serialise(tree);
          let count = 0;
          for (const string of strings) {
            if (isUtf8(string.body as Buffer)) continue;
            string.body = Buffer.from(decoder.decode(string.body as Buffer), 'utf8');
            count++;
          }
          let told: number | undefined;
          const checked = checkRequest(signal, broken, { onRepair: (fields) => (told = fields) });
          expect(checked.equals(serialise(tree))).toBe(true);
          expect(told).toBe(count === 0 ? undefined : count);
          expect(checkRequest(signal, broken, { repairUtf8: false })).toBe(broken);
        },
      ),
    );
  });

  it('lets in as many groups and records as it is told, and not one more', () => {
    assertProperty(
      fc.property(anyRequest, ({ signal, name, bytes }) => {
        const tree = parse(name, bytes);
        const tags = signalPaths[signal].levels;
        let count = 0;
        const visit = (message: WireMessage, level: number): void => {
          for (const field of message.fields) {
            if (level === tags.length || !tags[level]!.includes(field.number * 8 + field.wireType)) continue;
            if (field.field!.repeated) count++;
            visit(field.body as WireMessage, level + 1);
          }
        };
        visit(tree, 0);
        expect(checkRequest(signal, bytes, { maxItems: count })).toBe(bytes);
        // Written longer than need be, it goes the slow way, which counts for itself.
        const longer = parse(name, bytes);
        for (const field of fieldsOf(longer)) field.tagPadding = 1;
        expect(checkRequest(signal, serialise(longer), { maxItems: count }).equals(bytes)).toBe(true);
        if (count === 0) return;
        for (const request of [bytes, serialise(longer)]) {
          expect(() => checkRequest(signal, request, { maxItems: count - 1 })).toThrow(
            expect.objectContaining({ code: 'too_many_items' }),
          );
        }
      }),
    );
  });
});

/** Counts, reads, converts, edits and cuts all of a batch. */
function useAll(batch: Batch<Signal>): void {
  const { itemCount } = batch;
  JSON.parse(batch.toJson());
  for (const record of recordsOf(batch)) {
    record.toObject();
    for (const name of propertiesOf(record)) void record[name as keyof typeof record];
    for (const [key, value] of record.attributes ?? []) record.attributes!.set(key, value);
    record.attributes?.set('k', 'v');
    record.resource.attributes.delete('k');
  }
  expect(batch.byteLength).toBe(batch.toBytes().length);
  expect(batch.itemCount).toBe(itemCount);
  let taken = 0;
  const rest = batch.clone();
  while (rest.itemCount > 0) taken += rest.take(Math.max(1, itemCount >> 1)).itemCount;
  expect(taken).toBe(itemCount);
}

type AnyRecord = Node & { readonly resource: Resource; readonly attributes?: Attributes };

function recordsOf(batch: Batch<Signal>): Iterable<AnyRecord> {
  switch (batch.signal) {
    case 'traces':
      return batch.spans();
    case 'metrics':
      return batch.metrics();
    case 'logs':
      return batch.records();
    case 'profiles':
      return batch.profiles();
  }
}

/** The names of the getters of a view. */
function propertiesOf(view: object): string[] {
  const prototype = Object.getPrototypeOf(view) as object;
  return Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([, descriptor]) => 'get' in descriptor)
    .map(([name]) => name);
}

function checkOrError(signal: Signal, bytes: Buffer): Buffer | MalformedTelemetryError {
  try {
    return checkRequest(signal, bytes);
  } catch (error) {
    if (error instanceof MalformedTelemetryError) return error;
    throw error;
  }
}

function expectPlace({ offset, field }: MalformedTelemetryError, { length }: Buffer): void {
  expect(offset).toBeGreaterThanOrEqual(0);
  expect(offset).toBeLessThan(length);
  expect(field).toMatch(/^[A-Za-z0-9_.]+$/);
}

/** What was let in reads as before, and is as it should be: a second look changes nothing. */
function expectSame(name: MessageName, checked: Buffer, before: Buffer, signal: Signal): void {
  const after = decode(name, checked);
  expect(after).toEqual(decodeOrDifference(name, before) ?? after);
  expect(checkRequest(signal, checked)).toBe(checked);
}

/**
 * What protobufjs refuses and is let in here: text that is not UTF-8 (repaired),
 * and lengths that are written with more than five bytes (legal, shortened).
 */
const differences = /not valid for encoding utf-8|^invalid length encoding$/;

function decodeOrDifference(name: MessageName, bytes: Buffer): Plain | undefined {
  try {
    return decode(name, bytes);
  } catch (error) {
    expect((error as Error).message).toMatch(differences);
    return undefined;
  }
}

/** Singular fields, and members of a oneof, of which there are two. */
function twiceIn({ message, fields }: WireMessage): string[] {
  const keys = fields
    .filter(({ field }) => field?.repeated === false)
    .map(({ field }) => `${message.name}.${field!.oneof ?? field!.name}`);
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}

// ── Bends: what protobuf allows and no encoder writes ──

type Bend = (tree: WireMessage) => void;

const anyBend: fc.Arbitrary<Bend> = fc.oneof(
  // A field of another message of the same kind, once more.
  fc.tuple(anyPick, anyPick, anyPick).map(([to, from, where]): Bend => (tree) => {
    const target = pick([...messagesOf(tree)], to)!;
    const donors = [...messagesOf(tree)].filter(
      ({ message, fields }) => message === target.message && fields.length > 0,
    );
    const donor = pick(donors, from);
    if (donor === undefined) return;
    const { fields } = copyOf(donor);
    target.fields.splice(where % (target.fields.length + 1), 0, pick(fields, where)!);
  }),
  // All the fields of another one: every singular one stands twice, members of a oneof beside each other.
  fc.tuple(anyPick, anyPick).map(([to, from]): Bend => (tree) => {
    const target = pick([...messagesOf(tree)], to)!;
    const donors = [...messagesOf(tree)].filter(({ message }) => message === target.message);
    target.fields = [...target.fields, ...copyOf(pick(donors, from)!).fields];
  }),
  anyPick.map(
    (which): Bend =>
      (tree) =>
        splitSomeMessage(tree, which),
  ),
  anyPick.map(
    (which): Bend =>
      (tree) =>
        lengthenSomething(tree, which),
  ),
  fc.tuple(anyPick, anyPick).map(([which, where]): Bend => (tree) => {
    const { fields } = pick([...messagesOf(tree)], which)!;
    if (fields.length > 0) fields.push(...fields.splice(0, where % fields.length));
  }),
);

/** Tears a singular message in two, so that each half is a field of its own. */
function splitSomeMessage(tree: WireMessage, which: number): void {
  const places = [...messagesOf(tree)].flatMap(({ fields }) =>
    fields
      .filter(({ field, body }) => field?.repeated === false && !Buffer.isBuffer(body))
      .map((field) => ({ fields, field })),
  );
  const place = pick(places, which);
  if (place === undefined) return;
  const body = place.field.body as WireMessage;
  const half = which % (body.fields.length + 1);
  place.fields.splice(
    place.fields.indexOf(place.field),
    1,
    { ...place.field, body: { ...body, fields: body.fields.slice(0, half) } },
    { ...place.field, body: { ...body, fields: body.fields.slice(half) } },
  );
}

/** Writes a tag or a length longer than it must be. */
function lengthenSomething(tree: WireMessage, which: number): void {
  const field = pick(fieldsOf(tree), which);
  if (field === undefined) return;
  field.tagPadding = which % 4;
  field.lengthPadding = which % 4;
}

/** Text, text that was cut or stitched within a character, and bytes that are no text at all. */
const anyBytesOfText: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(fc.string({ unit: 'binary', maxLength: 12 }), fc.nat({ max: 30 }), fc.nat({ max: 30 }))
    .map(([text, start, end]) => Buffer.from(text).subarray(start, end)),
  fc
    .constantFrom('c0af', 'eda080', 'f4908080', 'f09f98', 'efbfbd', 'efbbbf', 'e28082c3')
    .map((hex) => Buffer.from(hex, 'hex')),
);
