/**
 * OTLP/JSON straight to the wire form: no object is built, and 64-bit numbers are
 * exact whether quoted or not.
 *
 * What comes out keeps all that `checkRequest` promises: every singular field
 * once (of equal keys and of the members of a oneof, the last wins), IDs of
 * their length, text in UTF-8, bounded nesting.
 */
import { maxDepth } from './check-fields.js';
import { MalformedTelemetryError, type MalformedTelemetryCode } from './errors.js';
import { JsonScanner, type JsonKind } from './json-scan.js';
import { decimalInteger } from './json-number.js';
import { itemFields } from './items.js';
import { messages, type Field, type MessageName } from './messages.js';
import { enums, type EnumName } from './schema.js';
import { at, readVarint, skipValue } from './wire.js';
import { integerRanges, Writer, type NumericType } from './writer.js';

/** A field, and where it stands among those of its message: as bits of a set. */
interface Slot {
  readonly field: Field;
  readonly bit: number;
  /** The other members of its oneof. */
  readonly rivals: readonly Slot[];
  /** Their bits. */
  rivalBits: number;
}

const slots: Readonly<Record<MessageName, ReadonlyMap<string, Slot>>> = Object.fromEntries(
  Object.values(messages).map(({ name, fields }) => {
    const made = fields.map((field, index) => ({
      field,
      bit: 1 << index,
      rivals: [] as Slot[],
      rivalBits: 0,
    }));
    for (const slot of made) {
      const { oneof } = slot.field;
      if (oneof === undefined) continue;
      slot.rivals.push(...made.filter((other) => other !== slot && other.field.oneof === oneof));
      for (const { bit } of slot.rivals) slot.rivalBits |= bit;
    }
    return [
      name,
      new Map(
        made.flatMap((slot) => [[slot.field.jsonName, slot] as const, [slot.field.name, slot] as const]),
      ),
    ];
  }),
) as unknown as Record<MessageName, ReadonlyMap<string, Slot>>;

const enumNumbers: Readonly<Record<EnumName, ReadonlyMap<string, number>>> = Object.fromEntries(
  Object.entries(enums).map(([name, { prefix, values }]) => [
    name,
    new Map(Object.entries(values).map(([value, number]) => [prefix + value, number])),
  ]),
) as unknown as Record<EnumName, ReadonlyMap<string, number>>;

/**
 * The message that `json` describes, in wire form.
 *
 * @throws MalformedTelemetryError with the path to the value
 */
export function readJson(name: MessageName, json: string, maxItems: number = Infinity): Buffer {
  return new Reader(json, maxItems).read(name);
}

class Reader {
  readonly #scanner: JsonScanner;
  readonly #maxItems: number;
  readonly #out: Writer;
  readonly #path: (string | number)[] = [];
  #items = 0;

  constructor(json: string, maxItems: number) {
    this.#scanner = new JsonScanner(json, (problem) => this.#fail('json', problem));
    this.#maxItems = maxItems;
    // Measured on requests of SDKs: the wire form takes about a third of the text.
    this.#out = new Writer(256 + (json.length >>> 1));
  }

  read(name: MessageName): Buffer {
    this.#expect('object', 'an object');
    this.#readMessage(name, 0);
    this.#scanner.end();
    return this.#out.toBytes();
  }

  /** The body of a message. */
  #readMessage(name: MessageName, depth: number): void {
    this.#expect('object', 'an object');
    if (depth > maxDepth)
      this.#fail('nesting', `is nested deeper than ${maxDepth} messages below the request`);
    const scanner = this.#scanner;
    const out = this.#out;
    const byName = slots[name];
    const start = out.length;
    let seen = 0;
    // Made where a field comes twice: what was written of it before this position goes.
    let outdated: Map<number, number> | undefined;
    if (!scanner.open('object')) return;
    do {
      const slot = byName.get(scanner.key());
      if (slot === undefined) {
        scanner.skip();
        continue;
      }
      const { field, bit, rivals, rivalBits } = slot;
      if ((seen & bit) !== 0) (outdated ??= new Map()).set(field.number, out.length);
      if (scanner.kind() === 'null') {
        scanner.null();
        continue;
      }
      if ((seen & rivalBits) !== 0) {
        outdated ??= new Map();
        for (const rival of rivals)
          if ((seen & rival.bit) !== 0) outdated.set(rival.field.number, out.length);
      }
      seen |= bit;
      this.#path.push(field.jsonName);
      if (field.repeated) this.#readList(field, depth);
      else this.#readOne(field, depth, field.optional || field.oneof !== undefined);
      this.#path.pop();
    } while (scanner.more('object'));
    if (outdated !== undefined) this.#drop(start, outdated);
  }

  #readList(field: Field, depth: number): void {
    this.#expect('array', 'an array');
    const scanner = this.#scanner;
    if (!scanner.open('array')) return;
    const isItem = itemFields.has(field);
    const packed = field.packedTag === undefined ? undefined : this.#out.open(field.packedTag);
    let index = 0;
    do {
      this.#path.push(index++);
      if (isItem && ++this.#items > this.#maxItems) {
        this.#fail('too_many_items', `more than ${this.#maxItems} groups and records`);
      }
      if (packed !== undefined)
        this.#out.scalar(field.type as NumericType, this.#number(field.type as NumericType));
      else if (field.type === 'AnyValue' && scanner.kind() === 'null') {
        // The empty value: what a list of attribute values has for null.
        scanner.null();
        this.#out.close(this.#out.open(field.tag));
      } else this.#readOne(field, depth, true);
      this.#path.pop();
    } while (scanner.more('array'));
    if (packed !== undefined) this.#out.close(packed);
  }

  /** One value with its tag. Zero is left out, unless it is kept. */
  #readOne(field: Field, depth: number, keepsZero: boolean): void {
    const out = this.#out;
    const { tag, type, idBytes } = field;
    if (field.kind === 'message') {
      const start = out.open(tag);
      this.#readMessage(type as MessageName, depth + 1);
      out.close(start);
    } else if (type === 'string') {
      const text = this.#string('a string');
      if (keepsZero || text !== '') out.text(tag, text);
    } else if (field.wireType === 2) {
      const bytes = idBytes === undefined ? this.#base64() : this.#id(idBytes);
      if (keepsZero || bytes.length > 0) out.field(tag, bytes);
    } else if (type === 'bool') {
      this.#expect('boolean', 'a boolean');
      const value = this.#scanner.boolean();
      if (!keepsZero && !value) return;
      out.varint(tag);
      out.varint(value ? 1 : 0);
    } else {
      const numeric = field.kind === 'enum' ? 'int32' : (type as NumericType);
      const value = field.kind === 'enum' ? this.#enum(type as EnumName) : this.#number(numeric);
      // -0 is a double of its own.
      if (!keepsZero && (Object.is(value, 0) || value === 0n)) return;
      out.varint(tag);
      out.scalar(numeric, value);
    }
  }

  #number(type: NumericType): number | bigint {
    const quoted = this.#scanner.kind() === 'string';
    if (!quoted) this.#expect('number', 'a number');
    const text = quoted ? this.#scanner.string() : this.#scanner.number();
    return type === 'double' ? this.#double(text) : this.#integer(type, text);
  }

  #double(text: string): number {
    if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return Number(text);
    if (!jsonNumber.test(text)) this.#fail('value', `expected a number, got ${shown(text)}`);
    const value = Number(text);
    if (!Number.isFinite(value)) this.#fail('value', `${shown(text)} does not fit a double`);
    return value;
  }

  #integer(type: Exclude<NumericType, 'double'>, text: string): number | bigint {
    const { min, max } = integerRanges[type];
    const value = decimalInteger(text);
    if (value === undefined) return this.#fail('value', `expected an integer, got ${shown(text)}`);
    if (value === 'too large' || value < min || value > max) {
      return this.#fail('value', `must be an integer from ${min} to ${max}, got ${shown(text)}`);
    }
    return value;
  }

  /** By number, quoted or not, or by its name in the `.proto` text. */
  #enum(name: EnumName): number {
    if (this.#scanner.kind() !== 'string') return Number(this.#number('int32'));
    const text = this.#scanner.string();
    const number = enumNumbers[name].get(text);
    if (number !== undefined) return number;
    if (jsonNumber.test(text)) return Number(this.#integer('int32', text));
    return this.#fail('value', `${shown(text)} is no ${name}`);
  }

  #id(length: 8 | 16): Buffer {
    const text = this.#string(`${2 * length} hexadecimal digits`);
    if (text.length !== 0 && (text.length !== 2 * length || !/^[0-9a-fA-F]+$/.test(text))) {
      this.#fail('value', `must be ${2 * length} hexadecimal digits or empty, got ${shown(text)}`);
    }
    return Buffer.from(text, 'hex');
  }

  /** Of either alphabet, padded or not. */
  #base64(): Buffer {
    const text = this.#string('base64');
    const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
    const digits = text.length - padding;
    const fits = padding === 0 ? digits % 4 !== 1 : text.length % 4 === 0;
    if (!fits || /[^A-Za-z0-9+/_-]/.test(text.slice(0, digits))) {
      this.#fail('value', `expected base64, got ${shown(text)}`);
    }
    return Buffer.from(text, 'base64');
  }

  #string(what: string): string {
    this.#expect('string', what);
    return this.#scanner.string();
  }

  #expect(kind: JsonKind, what: string): void {
    const found = this.#scanner.kind();
    if (found !== kind) this.#fail('value', `expected ${what}, got ${kindNames[found]}`);
  }

  /** Takes out the fields that came again. Once for each message, so that many repetitions cost no more than one. */
  #drop(start: number, outdated: ReadonlyMap<number, number>): void {
    const bytes = this.#out.written();
    const stretches: [number, number][] = [];
    for (let position = start; position < bytes.length;) {
      const from = position;
      const tag = readVarint(bytes, position);
      position = skipValue(bytes, at, tag);
      if (from < (outdated.get(tag >>> 3) ?? 0)) stretches.push([from, position]);
    }
    this.#out.cutOut(stretches);
  }

  #fail(code: MalformedTelemetryCode, problem: string): never {
    const path = this.#path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
    throw new MalformedTelemetryError(code, problem, { path: `$${path}` });
  }
}

const jsonNumber = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

const kindNames: Readonly<Record<JsonKind, string>> = {
  object: 'an object',
  array: 'an array',
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
  null: 'null',
};

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
