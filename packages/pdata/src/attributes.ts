import { bodyStart, noLevels, writeBody, type Edit } from './edit.js';
import { decodeKey, decodeValue } from './decode.js';
import { encodePair, encodeValue, type Double } from './encode.js';
import type { MessageName } from './messages.js';
import { View } from './view.js';
import { at, frame, frameSize, noBytes, readVarint, skipValue, writeVarint } from './wire.js';

/**
 * What `get` returns. An int64 beyond 2^53 is a bigint, any other number a
 * number; a value that is present and empty is `null`.
 */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

/**
 * What `set` takes. A `number` that is an integer is written as `intValue`, any
 * other as `doubleValue`; `double(1)` says that a whole number is a double.
 */
export type AttributeInput =
  AttributeValue | Double | readonly AttributeInput[] | { readonly [key: string]: AttributeInput };

const keyTag = 10;
const valueTag = 18;

// Where `locate` found a pair, and where it goes on: registers, so that looking
// an attribute up allocates nothing.
let pairBytes: Buffer = noBytes;
let pairStart = 0;
let pairEnd = 0;
let pairFrom = 0;
let pairEdit: Edit | undefined;
let nextPosition = 0;
let nextAdded = 0;
// Where `pairHasKey` and `readPair` saw the value; an absent one is empty.
let valueStart = 0;
let valueEnd = 0;

/**
 * An ordered list of pairs in a record, a resource, a scope or a value. The first
 * of two equal keys wins on reading; `set`, `rename` and `delete` leave no other.
 */
export class Attributes implements Iterable<[key: string, value: AttributeValue]> {
  private readonly owner: View;
  private readonly tag: number;

  /** @internal */
  constructor(owner: View, tag: number) {
    this.owner = owner;
    this.tag = tag;
  }

  /** Pairs in the list. */
  get size(): number {
    let count = 0;
    rewind();
    while (this.locate(undefined)) count++;
    return count;
  }

  /** The value, or `undefined` where there is no such key. */
  get(key: string): AttributeValue | undefined {
    rewind();
    return this.locate(keyBytes(key)) ? decodeValue(pairBytes, valueStart, valueEnd) : undefined;
  }

  has(key: string): boolean {
    rewind();
    return this.locate(keyBytes(key));
  }

  /** Sets the value in the place of the pair with this key, or adds one at the end. */
  set(key: string, value: AttributeInput): void {
    this.owner.touch();
    const bytes = pairFrame(this.tag, key, value);
    if (!this.replaceAll(keyBytes(key), bytes)) this.owner.edited().add(this.tag, bytes);
  }

  /**
   * Gives the pair another key. Type, value and place stay, and no value is
   * decoded; a pair that had the new key is taken out. False where there is no `from`.
   */
  rename(from: string, to: string): boolean {
    this.owner.touch();
    rewind();
    if (!this.locate(keyBytes(from))) return false;
    if (from === to) return true;
    const bytes = withKey(this.tag, keyBytes(to));
    this.delete(to);
    return this.replaceAll(keyBytes(from), bytes);
  }

  /** Takes out every pair with this key. False where there is none. */
  delete(key: string): boolean {
    this.owner.touch();
    const wanted = keyBytes(key);
    let found = false;
    rewind();
    while (this.locate(wanted)) {
      this.editOfPair().remove();
      found = true;
    }
    return found;
  }

  /**
   * A view of the value, for edits within lists and maps. `set` and `rename` of
   * the key put a new value there: a view of the old one is a removed node.
   */
  value(key: string): Value | undefined {
    rewind();
    if (!this.locate(keyBytes(key))) return undefined;
    return this.pair().content;
  }

  *[Symbol.iterator](): IterableIterator<[key: string, value: AttributeValue]> {
    const { owner } = this;
    let position = -1;
    let added = 0;
    const addedCount = owner.edit()?.added?.length ?? 0;
    const { chunk } = owner;
    for (;;) {
      // The body of the loop may look something else up, so the registers are set anew.
      nextPosition = position;
      nextAdded = added;
      owner.edit();
      // Other pairs stand there now, or all that is left was added meanwhile.
      if (owner.chunk !== chunk || !this.locate(undefined) || nextAdded > addedCount) return;
      position = nextPosition;
      added = nextAdded;
      yield [decodeKey(pairBytes, pairStart, pairEnd), decodeValue(pairBytes, valueStart, valueEnd)];
    }
  }

  /** Puts `bytes` in the place of the first pair with this key and takes out the others. */
  private replaceAll(key: Buffer, bytes: Buffer): boolean {
    let found = false;
    rewind();
    while (this.locate(key)) {
      const edit = this.editOfPair();
      if (found) edit.remove();
      else edit.replace(bytes);
      found = true;
    }
    return found;
  }

  /** The edit of the pair in the registers, made if there is none. */
  private editOfPair(): Edit {
    return pairEdit ?? this.owner.fieldEdit(this.tag, pairFrom, pairStart, pairEnd);
  }

  /** The view of the pair in the registers. */
  private pair(): Pair {
    const { owner } = this;
    const view = new Pair(owner.chunk, pairFrom, pairStart, pairEnd, this.tag, owner);
    if (pairEdit !== undefined) view.follow(pairEdit);
    return view;
  }

  /**
   * Finds the next pair with this key, or the next pair at all. Sees edits; what
   * it found is in the registers.
   */
  private locate(key: Buffer | undefined): boolean {
    const { owner, tag } = this;
    const edit = owner.edit();
    const { bytes } = owner.chunk;
    const { end } = owner;
    const edited = edit?.kids !== undefined;
    const keyLength = key === undefined ? -1 : key.length;
    let position = nextPosition < 0 ? owner.start : nextPosition;
    while (position < end) {
      const from = position;
      let current = bytes[position++]!;
      if (current > 127) {
        current = readVarint(bytes, from);
        position = at;
      }
      if (current !== tag) {
        position = skipValue(bytes, position, current);
        continue;
      }
      const length = readVarint(bytes, position);
      const start = at;
      position = start + length;
      const kid = edited ? edit.kidAt(from) : undefined;
      if (kid === undefined) {
        // Nearly every pair begins with its key, and most keys are of another length.
        if (bytes[start] === keyTag && length > 1 && isOther(bytes[start + 1]!, keyLength)) continue;
        pairBytes = bytes;
        pairStart = start;
        pairEnd = position;
      } else if (kid.removedAt > 0) continue;
      else takeEdited(bytes, kid);
      if (pairHasKey(key)) {
        pairFrom = from;
        pairEdit = kid;
        nextPosition = position;
        return true;
      }
    }
    nextPosition = end;
    const added = edit?.added;
    while (added !== undefined && nextAdded < added.length) {
      const field = added[nextAdded++]!;
      if (field.tag !== tag || field.removedAt > 0) continue;
      takeEdited(bytes, field);
      if (pairHasKey(key)) {
        pairFrom = 0;
        pairEdit = field;
        return true;
      }
    }
    return false;
  }
}

/** Whether a key of which this is the first byte of the length cannot be one of `length` bytes; -1 is any length. */
function isOther(byte: number, length: number): boolean {
  return byte !== length && byte < 128 && length >= 0;
}

/** Sets `locate` to the first pair. */
function rewind(): void {
  nextPosition = -1;
  nextAdded = 0;
}

/** Puts the pair into the registers as it stands now. */
function takeEdited(bytes: Buffer, edit: Edit): void {
  const { frame } = edit;
  if (frame === undefined || edit.isChanged) {
    // Something within the value was edited: rare, so it is simply written out.
    pairBytes = writeBody(bytes, edit, noLevels);
    pairStart = 0;
  } else {
    pairBytes = frame;
    pairStart = bodyStart(frame);
  }
  pairEnd = pairBytes.length;
}

/** Compares the bytes of the key; decoding it would cost twenty times as much. Notes where the value is. */
function pairHasKey(key: Buffer | undefined): boolean {
  const bytes = pairBytes;
  const end = pairEnd;
  let matches = key === undefined || key.length === 0;
  valueStart = valueEnd = 0;
  for (let position = pairStart; position < end;) {
    const tag = readVarint(bytes, position);
    position = at;
    if (tag === keyTag) {
      const length = readVarint(bytes, position);
      const first = at;
      position = first + length;
      if (key === undefined) continue;
      if (length !== key.length) return false;
      for (let i = 0; i < length; i++) if (bytes[first + i] !== key[i]) return false;
      matches = true;
    } else if (tag === valueTag) {
      const length = readVarint(bytes, position);
      valueStart = at;
      valueEnd = position = at + length;
    } else position = skipValue(bytes, position, tag);
  }
  return matches;
}

/** The pair in the registers, with another key. Its other fields are copied as they stand. */
function withKey(tag: number, key: Buffer): Buffer {
  const parts: Uint8Array[] = [frame(keyTag, key)];
  for (let position = pairStart; position < pairEnd;) {
    const from = position;
    const current = readVarint(pairBytes, position);
    position = skipValue(pairBytes, at, current);
    if (current !== keyTag) parts.push(pairBytes.subarray(from, position));
  }
  return frame(tag, Buffer.concat(parts));
}

// The pair that was written last: a processor nearly always sets the same one in every record.
let lastTag = 0;
let lastKey = '';
let lastValue: AttributeInput | undefined;
let lastFrame: Buffer = noBytes;

/** A pair as a whole field. */
function pairFrame(tag: number, key: string, value: AttributeInput): Buffer {
  if (tag === lastTag && key === lastKey && Object.is(value, lastValue)) return lastFrame;
  const bytes = typeof value === 'string' ? textPair(tag, keyBytes(key), value) : encodePair(tag, key, value);
  // A list or a map may be changed by its owner between two calls.
  if (typeof value !== 'object') {
    lastTag = tag;
    lastKey = key;
    lastValue = value;
    lastFrame = bytes;
  }
  return bytes;
}

/** Pairs of text are the common case: written in one pass. */
function textPair(tag: number, key: Buffer, text: string): Buffer {
  const textLength = Buffer.byteLength(text);
  const valueLength = frameSize(10, textLength);
  const length = frameSize(keyTag, key.length) + frameSize(valueTag, valueLength);
  const out = Buffer.allocUnsafe(frameSize(tag, length));
  let position = writeVarint(out, writeVarint(out, 0, tag), length);
  out[position++] = keyTag;
  position = writeVarint(out, position, key.length);
  out.set(key, position);
  position += key.length;
  out[position++] = valueTag;
  position = writeVarint(out, position, valueLength);
  out[position++] = 10;
  position = writeVarint(out, position, textLength);
  out.write(text, position, 'utf8');
  return out;
}

const maxKnownKeys = 4096;
const maxKnownKeyLength = 128;
const knownKeys = new Map<string, Buffer>();

/** A key as bytes. Programs ask for the same few keys over and over; the memory of them is bounded. */
function keyBytes(key: string): Buffer {
  let bytes = knownKeys.get(key);
  if (bytes === undefined) {
    bytes = Buffer.from(key, 'utf8');
    if (knownKeys.size < maxKnownKeys && key.length <= maxKnownKeyLength) knownKeys.set(key, bytes);
  }
  return bytes;
}

/** A key and its value, as a place. */
class Pair extends View {
  override get messageName(): MessageName {
    return 'KeyValue';
  }

  /** Pairs are edited without views, so their edits are in no table. */
  override edit(): Edit | undefined {
    if (this.cached === undefined) {
      const around = this.parent!.edit();
      if (this.parent!.chunk === this.chunk) this.cached = around?.kidAt(this.from);
    }
    return super.edit();
  }

  get content(): Value {
    return this.part(valueTag, Value);
  }
}

class List extends View {
  override get messageName(): MessageName {
    return 'ArrayValue';
  }

  get values(): Iterable<Value> {
    return this.children(10, Value);
  }
}

class MapOfValues extends View {
  override get messageName(): MessageName {
    return 'KeyValueList';
  }
}

/** A value as a place: of an attribute, of a log record's body, in a list or in a map. */
export class Value extends View {
  override get messageName(): MessageName {
    return 'AnyValue';
  }

  /** The plain value; `null` where it is empty. */
  get(): AttributeValue {
    const bytes = this.bodyBytes();
    return decodeValue(bytes, 0, bytes.length);
  }

  /** Puts another value in its place. Views of what stood within are removed nodes. */
  set(value: AttributeInput): void {
    const bytes = frame(this.tag, encodeValue(value));
    this.touch();
    const edit = this.edited();
    // A removed value stays removed.
    if (edit.removedAt === 0) edit.replace(bytes);
  }

  /** The pairs, if it is a map. */
  get map(): Attributes | undefined {
    const list = this.optionalPart(50, MapOfValues);
    return list === undefined ? undefined : new Attributes(list, 10);
  }

  /** The values, if it is a list; else nothing. */
  values(): Iterable<Value> {
    return this.optionalPart(42, List)?.values ?? [];
  }
}
