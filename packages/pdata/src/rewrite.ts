/**
 * The slow half of the check: looks closely at a request that the fast half did
 * not let through. It names the fault, or writes anew what has to be written
 * anew, or finds that nothing was wrong. Driven by the schema, field by field.
 */
import { isText, maxDepth } from './check-fields.js';
import { MalformedTelemetryError, type MalformedTelemetryCode } from './errors.js';
import { isClean, room, setRoom } from './generated/check.js';
import { itemFields } from './items.js';
import { messages, type Field, type Message, type MessageName } from './messages.js';
import { copy, frameSize, varintSize, writeVarint } from './wire.js';

/** The request as it should stand; `bytes` themselves if that is how they are. @throws MalformedTelemetryError */
export function rewriteRequest(
  name: MessageName,
  bytes: Buffer,
  maxItems: number,
  onRepair: ((fields: number) => void) | undefined,
): Buffer {
  const rewriter = new Rewriter(messages[name], bytes, maxItems);
  const result = rewriter.run();
  if (rewriter.repaired > 0) onRepair?.(rewriter.repaired);
  return result;
}

/** Which of the fields that occur twice stays. */
interface Kept {
  readonly field: Field;
  /** Where the first one stands that counts: those before it were set aside by another member of the oneof. */
  readonly first: number;
  /** Where the last one stands; the field is written in its place. */
  last: number;
  /** Of a message, the bodies that are merged: start and end of each. */
  readonly bodies: number[];
}

// The output is a list of pairs of numbers. Flat, since a hostile request may need a
// pair for every few of its bytes. A pair is a range of the source, or minus the tag
// of a length-delimited field (8 or more) and its length, or one of these:
/** The text with this index. */
const literal = -1;
/** This tag alone. */
const bareTag = -2;

class Rewriter {
  repaired = 0;
  readonly #request: Message;
  readonly #bytes: Buffer;
  readonly #maxItems: number;
  #room: number;
  readonly #out: number[] = [];
  readonly #literals: string[] = [];
  /** Names of the fields that lead to the message at hand. */
  readonly #path: string[] = [];

  // What `#readVarint` has read.
  #value = 0;
  #at = 0;
  #isShortest = true;

  // What `#readField` has read.
  #tag = 0;
  #field: Field | undefined = undefined;
  /** Where the value starts; of a length-delimited field, its body. */
  #start = 0;
  #end = 0;

  constructor(request: Message, bytes: Buffer, maxItems: number) {
    this.#request = request;
    this.#bytes = bytes;
    this.#maxItems = maxItems;
    this.#room = maxItems;
  }

  /** The request as it should stand. `isText` and `isClean` must have been told of its bytes. */
  run(): Buffer {
    const bytes = this.#bytes;
    const size = this.#body(this.#request, [0, bytes.length], 0);
    return size < 0 ? bytes : this.#write(size);
  }

  /**
   * Looks at a message whose body stands in one stretch of the source, or in
   * several to be merged. Adds the body to the output and returns its size, or
   * adds nothing and returns -1 if the one stretch may stay as it is.
   */
  #body(message: Message, stretches: readonly number[], depth: number): number {
    const kept = this.#checkFields(message, stretches);
    const mark = this.#out.length;
    let changed = stretches.length > 2;
    let size = 0;
    for (let i = 0; i < stretches.length; i += 2) {
      const end = stretches[i + 1]!;
      for (let position = stretches[i]!; position < end;) {
        const from = position;
        this.#readField(message, position, end);
        position = this.#end;
        const field = this.#field;
        const isShortest = this.#isShortest;
        let bodies: readonly number[] | undefined;
        if (field !== undefined && kept !== undefined && !field.repeated) {
          const stays = kept.get(keyOf(field))!;
          if (from !== stays.last) {
            changed = true;
            // Nobody will see it any more, but it has to be protobuf.
            if (field.kind === 'message' && from < stays.first) this.#discard(field, from, depth);
            continue;
          }
          bodies = stays.bodies;
        }
        const added = this.#add(field, from, bodies, isShortest, depth);
        changed ||= added < 0 || !isShortest;
        size += Math.abs(added);
      }
    }
    if (changed) return size;
    this.#out.length = mark;
    return -1;
  }

  /** Adds one field to the output. Returns its size, negative if it is not written as it stood. */
  #add(
    field: Field | undefined,
    from: number,
    bodies: readonly number[] | undefined,
    isShortest: boolean,
    depth: number,
  ): number {
    const start = this.#start;
    const end = this.#end;
    const tag = this.#tag;
    if (field?.kind === 'message')
      return this.#addMessage(field, from, bodies ?? [start, end], isShortest, depth);
    if (field?.type === 'string' && !isText(this.#bytes, start, end)) {
      const text = this.#bytes.toString('utf8', start, end);
      const size = Buffer.byteLength(text);
      this.repaired++;
      this.#out.push(-tag, size, literal, this.#literals.push(text) - 1);
      return -frameSize(tag, size);
    }
    if (isShortest) return this.#addRange(from, end);
    if ((tag & 7) === 2) return this.#addFrame(tag, start, end);
    this.#out.push(bareTag, tag);
    return varintSize(tag) + this.#addRange(start, end);
  }

  #addMessage(
    field: Field,
    from: number,
    bodies: readonly number[],
    isShortest: boolean,
    depth: number,
  ): number {
    const start = bodies[0]!;
    const end = bodies[1]!;
    this.#takeRoom(field, from);
    if (bodies.length === 2 && this.#isClean(field, start, end)) {
      return isShortest ? this.#addRange(from, end) : this.#addFrame(field.tag, start, end);
    }
    if (depth === maxDepth)
      throw this.#fault('nesting', `must not nest deeper than ${maxDepth} messages`, from, field.name);
    const out = this.#out;
    const mark = out.push(-field.tag, 0);
    this.#path.push(field.name);
    const size = this.#body(messages[field.type as MessageName], bodies, depth + 1);
    this.#path.pop();
    if (size >= 0) {
      out[mark - 1] = size;
      return -frameSize(field.tag, size);
    }
    out.length = mark - 2;
    return isShortest ? this.#addRange(from, end) : this.#addFrame(field.tag, start, end);
  }

  /** Looks at a message that is left out. */
  #discard(field: Field, from: number, depth: number): void {
    // A pair of its own in front, so that the last range is not made longer.
    const mark = this.#out.push(bareTag, field.tag);
    const { repaired } = this;
    this.#addMessage(field, from, [this.#start, this.#end], true, depth);
    this.#out.length = mark - 2;
    this.repaired = repaired;
  }

  /** Asks the fast half about a group or a record: most others are as they should be. */
  #isClean(field: Field, start: number, end: number): boolean {
    if (!itemFields.has(field)) return false;
    setRoom(this.#room);
    if (!isClean[field.type as MessageName]!(this.#bytes, start, end)) return false;
    this.#room = room;
    return true;
  }

  #takeRoom(field: Field, from: number): void {
    if (!itemFields.has(field) || --this.#room >= 0) return;
    throw this.#fault('too_many_items', `more than ${this.#maxItems} groups and records`, from, field.name);
  }

  /** Checks each field of a message but not what is within; says which fields stay if one is there twice. */
  #checkFields(message: Message, stretches: readonly number[]): ReadonlyMap<string, Kept> | undefined {
    let seen = 0;
    let isTwice = false;
    for (let i = 0; i < stretches.length; i += 2) {
      const end = stretches[i + 1]!;
      for (let position = stretches[i]!; position < end; position = this.#end) {
        this.#readField(message, position, end);
        const field = this.#field;
        if (field === undefined) continue;
        this.#checkValue(field, position);
        if (field.repeated) continue;
        const bit = bits.get(field)!;
        isTwice ||= (seen & bit) !== 0;
        seen |= bit;
      }
    }
    return isTwice ? this.#findKept(message, stretches) : undefined;
  }

  #findKept(message: Message, stretches: readonly number[]): ReadonlyMap<string, Kept> {
    const kept = new Map<string, Kept>();
    for (let i = 0; i < stretches.length; i += 2) {
      const end = stretches[i + 1]!;
      for (let position = stretches[i]!; position < end; position = this.#end) {
        this.#readField(message, position, end);
        const field = this.#field;
        if (field === undefined || field.repeated) continue;
        const before = kept.get(keyOf(field));
        if (before?.field === field && field.kind === 'message') {
          before.last = position;
          before.bodies.push(this.#start, this.#end);
        } else {
          kept.set(keyOf(field), {
            field,
            first: position,
            last: position,
            bodies: [this.#start, this.#end],
          });
        }
      }
    }
    return kept;
  }

  /** Checks the value that `#readField` has found, as far as its length says. */
  #checkValue(field: Field, from: number): void {
    const start = this.#start;
    const end = this.#end;
    const length = end - start;
    if (field.idBytes !== undefined && length !== 0 && length !== field.idBytes) {
      throw this.#fault(
        'id_length',
        `must have ${field.idBytes} bytes or none, got ${length}`,
        from,
        field.name,
      );
    }
    if (this.#tag !== field.packedTag) return;
    if (field.wireType === 0) {
      for (let position = start; position < end; position = this.#at) {
        this.#readVarint(position, end, 10, from, field.name);
      }
      return;
    }
    const size = field.wireType === 1 ? 8 : 4;
    if (length % size !== 0) {
      throw this.#fault(
        'packed_length',
        `must have a multiple of ${size} bytes, got ${length}`,
        from,
        field.name,
      );
    }
  }

  /** Reads a field as far as it says what it is and where it ends. */
  #readField(message: Message, from: number, end: number): void {
    this.#readVarint(from, end, 5, from, undefined);
    const tag = this.#value;
    let isShortest = this.#isShortest;
    const number = Math.floor(tag / 8);
    const field = message.byNumber.get(number);
    const name = field === undefined ? String(number) : field.name;
    if (number === 0 || tag > 0xffff_ffff) {
      throw this.#fault('tag', `must have a number from 1 to 536870911, got ${number}`, from, name);
    }
    const wireType = tag & 7;
    if (wireType === 3 || wireType === 4 || wireType > 5) {
      throw this.#fault('wire_type', `must not have wire type ${wireType}`, from, name);
    }
    if (field !== undefined && tag !== field.tag && tag !== field.packedTag) {
      throw this.#fault('wire_type', `must have wire type ${field.wireType}, got ${wireType}`, from, name);
    }
    this.#start = this.#at;
    if (wireType === 0) {
      this.#readVarint(this.#at, end, 10, from, name);
      this.#end = this.#at;
    } else {
      let length = wireType === 1 ? 8 : 4;
      if (wireType === 2) {
        this.#readVarint(this.#at, end, 10, from, name);
        isShortest &&= this.#isShortest;
        length = this.#value;
        this.#start = this.#at;
      }
      if (length > end - this.#start) {
        throw this.#fault('truncated', `must have ${length} bytes, got ${end - this.#start}`, from, name);
      }
      this.#end = this.#start + length;
    }
    this.#tag = tag;
    this.#field = field;
    this.#isShortest = isShortest;
  }

  /** Reads a varint of the field that starts at `from`. From 2^53 on its value is not exact. */
  #readVarint(position: number, end: number, maxBytes: number, from: number, name: string | undefined): void {
    const bytes = this.#bytes;
    let value = 0;
    let scale = 1;
    for (let i = 1; ; i++) {
      if (position >= end) throw this.#fault('truncated', 'ends within a varint', from, name);
      const byte = bytes[position++]!;
      value += (byte & 127) * scale;
      scale *= 128;
      if (i === 10 && byte > 1) throw this.#fault('varint', 'must fit 64 bits', from, name);
      if (byte < 128) {
        this.#value = value;
        this.#at = position;
        this.#isShortest = byte !== 0 || i === 1;
        return;
      }
      if (i === maxBytes) throw this.#fault('varint', `must have at most ${maxBytes} bytes`, from, name);
    }
  }

  #fault(
    code: MalformedTelemetryCode,
    problem: string,
    offset: number,
    name: string | undefined,
  ): MalformedTelemetryError {
    const path = name === undefined ? this.#path : [...this.#path, name];
    // A fault of the request itself: it has no name of a field.
    const field = path.join('.') || this.#request.proto.split('.').at(-1);
    return new MalformedTelemetryError(code, problem, { offset, field });
  }

  /** Adds a range of the source as it stands. Returns its size. */
  #addRange(start: number, end: number): number {
    const out = this.#out;
    const last = out.length - 1;
    if (last > 0 && out[last] === start && out[last - 1]! >= 0) out[last] = end;
    else if (end > start) out.push(start, end);
    return end - start;
  }

  /** Adds a length-delimited field with this range as its body. Returns its size. */
  #addFrame(tag: number, start: number, end: number): number {
    this.#out.push(-tag, end - start);
    this.#addRange(start, end);
    return frameSize(tag, end - start);
  }

  #write(size: number): Buffer {
    // Kept longer than a tick: never a slice of the shared pool, which it would pin.
    const target = Buffer.allocUnsafeSlow(size);
    const out = this.#out;
    let position = 0;
    for (let i = 0; i < out.length; i += 2) {
      const kind = out[i]!;
      const value = out[i + 1]!;
      if (kind >= 0) position = copy(this.#bytes, kind, value, target, position);
      else if (kind === literal) position += target.write(this.#literals[value]!, position, 'utf8');
      else if (kind === bareTag) position = writeVarint(target, position, value);
      else position = writeVarint(target, writeVarint(target, position, -kind), value);
    }
    return target;
  }
}

/** A bit for each singular field of a message; members of a oneof share one. */
const bits: ReadonlyMap<Field, number> = new Map(
  Object.values(messages).flatMap(({ fields }) => {
    const keys = [...new Set(fields.map(keyOf))];
    return fields.map((field) => [field, 1 << keys.indexOf(keyOf(field))] as const);
  }),
);

function keyOf(field: Field): string {
  return field.oneof ?? field.name;
}
