import { addedField, bodyStart, Chunk, Edit, noLevels, writeBody } from './edit.js';
import { at, frame, noBytes, readVarint, skipValue } from './wire.js';
import { toObject } from './plain.js';
import type { MessageName } from './messages.js';

/** Makes the view of a place. */
export type ViewClass<V extends View> = new (
  chunk: Chunk,
  from: number,
  start: number,
  end: number,
  tag: number,
  parent: View | undefined,
) => V;

/** A record, a group or a part of one: a place in a batch. */
export interface Node {
  /**
   * Takes it out of its batch; allowed inside a loop over the batch. A removed
   * node can still be read, and edits to it go nowhere. A group that loses its
   * last record this way is left out of the bytes, and so is the group around it.
   */
  remove(): void;
  readonly isRemoved: boolean;
  /** A plain copy, in the shape of OTLP/JSON. */
  toObject(): Readonly<Record<string, unknown>>;
}

const brand: unique symbol = Symbol.for('tributary/view') as never;

// Where `seek` found a field: registers, since the hot readers must not allocate.
let foundBytes: Buffer = noBytes;
let foundFrom = 0;
let foundAt = 0;
let foundEdit: Edit | undefined;

/**
 * What all views are: a message at a place (chunk, byte range, parent).
 *
 * A view keeps no copy of anything. `cached` is the edit of its place, which
 * never changes once there is one. A place whose field was replaced whole lies in
 * the chunk of the new field from then on; `follow` takes the view there.
 *
 * @internal
 */
export abstract class View implements Node {
  /** Recognises views across copies of this package. @internal */
  static is(value: object): value is View {
    return brand in value;
  }

  /** @internal */
  chunk: Chunk;
  /** Where the field starts; -1 while a singular message does not exist. @internal */
  from: number;
  /** @internal */
  start: number;
  /** @internal */
  end: number;
  /** @internal */
  readonly tag: number;
  /** @internal */
  readonly parent: View | undefined;
  /** @internal */
  cached: Edit | undefined = undefined;

  constructor(chunk: Chunk, from: number, start: number, end: number, tag: number, parent: View | undefined) {
    this.chunk = chunk;
    this.from = from;
    this.start = start;
    this.end = end;
    this.tag = tag;
    this.parent = parent;
  }

  /** Name of the message in the schema. @internal */
  abstract get messageName(): MessageName;

  get isRemoved(): boolean {
    let inner: View | undefined = undefined;
    for (let view: View | undefined = this; view !== undefined; inner = view, view = view.parent) {
      const edit: Edit | undefined = view.edit();
      if (edit?.removed === true || view.chunk.host?.removed === true) return true;
      // What stood in a field that was replaced whole is gone.
      if (inner !== undefined && inner.chunk !== view.chunk && inner.chunk.host?.chunk !== inner.chunk)
        return true;
    }
    return false;
  }

  remove(): void {
    if (this.from < 0 && !this.resolve()) return;
    const top = this.touch();
    const host = this.chunk.host;
    if (host !== undefined && this.from === 0) host.removed = true;
    else this.edited().removed = true;
    top.itemCount = -1;
  }

  toObject(): Readonly<Record<string, unknown>> {
    return toObject(this.messageName, this.bodyBytes());
  }

  /** The body with all edits written out. @internal */
  bodyBytes(): Buffer {
    const edit = this.edit();
    return edit === undefined
      ? this.chunk.bytes.subarray(this.start, this.end)
      : writeBody(this.chunk, edit, noLevels, 0);
  }

  /** The edit of this place, if it has one. @internal */
  edit(): Edit | undefined {
    if (this.from < 0) this.resolve();
    let edit = this.cached;
    if (edit === undefined) {
      const edits = this.chunk.edits;
      if (edits === undefined) {
        if (this.chunk.host === undefined) return undefined;
      } else edit = this.cached = edits.get(this.start);
    }
    if (edit !== undefined && edit.frame !== undefined) return this.follow(edit);
    const host = this.chunk.host;
    if (host !== undefined && this.from === 0 && host.chunk !== this.chunk && host.frame !== undefined)
      return this.follow(host);
    return edit;
  }

  /** The edit of this place, made if there is none. Call `touch` first. @internal */
  edited(): Edit {
    let edit = this.edit();
    if (edit !== undefined) return edit;
    if (this.from < 0) this.create();
    const chunk = this.chunk;
    const table = chunk.table();
    const parent = this.parent;
    // A whole request: its edit is the root, under which all others hang.
    if (parent === undefined) return (this.cached = chunk.root!);
    edit = new Edit(this.tag, this.from, this.start, this.end);
    table.set(this.start, edit);
    this.cached = edit;
    if (this.from === 0 && chunk.host !== undefined) chunk.root!.addKid(edit);
    else {
      const around = parent.edited();
      // Otherwise the field around was replaced whole, and this edit goes nowhere.
      if (parent.chunk === chunk) around.addKid(edit);
    }
    return edit;
  }

  /**
   * Before every write: throws if the batch was handed on, and forgets what is
   * remembered of its bytes. Returns the chunk of the batch.
   *
   * @internal
   */
  touch(): Chunk {
    let view: View = this;
    for (; view.parent !== undefined; view = view.parent) view.chunk.settled = undefined;
    const top = view.chunk;
    if (top.moved) {
      throw new TypeError('this batch was handed on: a view that was made before cannot write to it');
    }
    top.settled = undefined;
    return top;
  }

  /** Takes the view to the chunk of the field that replaced the one it stood in. @internal */
  follow(edit: Edit): Edit | undefined {
    const bytes = edit.frame!;
    this.chunk = edit.chunk ??= new Chunk(bytes, edit);
    this.from = 0;
    this.start = bodyStart(bytes);
    this.end = bytes.length;
    return (this.cached = this.chunk.edits?.get(this.start));
  }

  /** Looks for a singular message that did not exist when the view was made. */
  private resolve(): boolean {
    const parent = this.parent!;
    if (!parent.seek(this.tag)) return false;
    this.settleOn();
    return true;
  }

  /** Adds the singular message that this view stands for. */
  private create(): void {
    const parent = this.parent!;
    const edit = addedField(this.tag, frame(this.tag, noBytes));
    (parent.edited().added ??= []).push(edit);
    this.follow(edit);
  }

  /** Takes the place that `seek` has just found. */
  private settleOn(): void {
    const edit = foundEdit;
    if (edit !== undefined) {
      this.follow(edit);
      return;
    }
    const { parent } = this;
    this.chunk = parent!.chunk;
    this.from = foundFrom;
    const length = readVarint(foundBytes, foundAt);
    this.start = at;
    this.end = at + length;
  }

  /** Finds a singular field; what was found is in the registers. @internal */
  seek(tag: number): boolean {
    const edit = this.edit();
    foundEdit = undefined;
    if (edit !== undefined) {
      const kids = edit.kids;
      if (kids !== undefined) {
        for (let i = 0; i < kids.length; i++) {
          const kid = kids[i]!;
          if (kid.tag !== tag) continue;
          if (kid.removed) return seekAdded(edit, tag);
          if (kid.frame !== undefined) return foundIn(kid);
          foundBytes = this.chunk.bytes;
          foundFrom = kid.from;
          readVarint(foundBytes, kid.from);
          foundAt = at;
          return true;
        }
      }
      if (edit.added !== undefined && seekAdded(edit, tag)) return true;
    }
    const bytes = this.chunk.bytes;
    const end = this.end;
    for (let position = this.start; position < end;) {
      const from = position;
      let current = bytes[position++]!;
      if (current > 127) {
        current = readVarint(bytes, from);
        position = at;
      }
      if (current === tag) {
        foundBytes = bytes;
        foundFrom = from;
        foundAt = position;
        return true;
      }
      position = skipValue(bytes, position, current);
    }
    return false;
  }

  /** Where the value of the field that `seek` found starts, and the bytes it stands in. @internal */
  get valueBytes(): Buffer {
    return foundBytes;
  }
  /** @internal */
  get valueAt(): number {
    return foundAt;
  }

  /** A singular message: a view of it, whether it exists or not. @internal */
  protected part<V extends View>(tag: number, Class: ViewClass<V>): V {
    const view = new Class(this.chunk, -1, -1, -1, tag, this);
    if (this.seek(tag)) view.settleOn();
    return view;
  }

  /** A singular message: a view of it, or `undefined`. @internal */
  protected optionalPart<V extends View>(tag: number, Class: ViewClass<V>): V | undefined {
    if (!this.seek(tag)) return undefined;
    const view = new Class(this.chunk, -1, -1, -1, tag, this);
    view.settleOn();
    return view;
  }

  /** Puts `bytes` (a whole field) in the place of a singular field; `undefined` takes it out. @internal */
  put(tag: number, bytes: Buffer | undefined): void {
    this.touch().itemCount = -1;
    if (bytes === undefined && !this.seek(tag)) return;
    const edit = this.edited();
    const kid = edit.kids?.find((field) => field.tag === tag);
    const added = edit.added?.find((field) => field.tag === tag);
    if (kid !== undefined || added !== undefined) {
      if (kid !== undefined && added !== undefined) kid.removed = true;
      const field = (added ?? kid)!;
      if (bytes === undefined) field.removed = true;
      else field.replace(bytes);
      return;
    }
    if (this.seek(tag)) {
      const start = foundAt;
      const from = foundFrom;
      const end = skipValue(foundBytes, start, tag);
      const field = this.fieldEdit(tag, from, start, end);
      if (bytes === undefined) field.removed = true;
      else field.replace(bytes);
    } else if (bytes !== undefined) (edit.added ??= []).push(addedField(tag, bytes));
  }

  /** The edit of a field that stands in the bytes, made if there is none. */
  private fieldEdit(tag: number, from: number, valueAt: number, end: number): Edit {
    if ((tag & 7) === 2) {
      readVarint(this.chunk.bytes, valueAt);
      return this.messageEdit(tag, from, at, end);
    }
    const edit = this.edited();
    const known = edit.kidAt(from);
    if (known !== undefined) return known;
    const made = new Edit(tag, from, valueAt, end);
    edit.addKid(made);
    return made;
  }

  /**
   * The same for a length-delimited field. It is in the table too, under the start
   * of its body: if it is a message, that is where views of it look.
   *
   * @internal
   */
  messageEdit(tag: number, from: number, start: number, end: number): Edit {
    const edit = this.edited();
    const known = edit.kidAt(from);
    if (known !== undefined) return known;
    const made = new Edit(tag, from, start, end);
    edit.addKid(made);
    this.chunk.table().set(start, made);
    return made;
  }

  /** Takes out every field with this tag. @internal */
  protected clear(tag: number): void {
    this.touch().itemCount = -1;
    const edit = this.edited();
    const bytes = this.chunk.bytes;
    for (let position = this.start; position < this.end;) {
      const from = position;
      const current = readVarint(bytes, position);
      const start = at;
      position = skipValue(bytes, start, current);
      if (current === tag) this.fieldEdit(tag, from, start, position).removed = true;
    }
    for (const field of edit.added ?? []) if (field.tag === tag) field.removed = true;
  }

  /** Adds a whole field behind all others. Call `touch` first. @internal */
  append(tag: number, bytes: Buffer): Edit {
    const field = addedField(tag, bytes);
    (this.edited().added ??= []).push(field);
    return field;
  }

  /** Adds a message of a repeated field and returns the view of it. @internal */
  protected appendMessage<V extends View>(tag: number, Class: ViewClass<V>, body: Uint8Array): V {
    this.touch().itemCount = -1;
    const view = new Class(this.chunk, 0, 0, 0, tag, this);
    view.follow(this.append(tag, frame(tag, body)));
    return view;
  }

  /** The messages of a repeated field, one view each. @internal */
  protected children<V extends View>(tag: number, Class: ViewClass<V>): Children<V> {
    return new Children(this, tag, Class);
  }
}

Object.defineProperty(View.prototype, brand, { value: true });

function seekAdded(edit: Edit, tag: number): boolean {
  for (const field of edit.added ?? []) if (field.tag === tag && !field.removed) return foundIn(field);
  return false;
}

function foundIn(edit: Edit): boolean {
  foundEdit = edit;
  foundBytes = edit.frame!;
  foundFrom = 0;
  readVarint(foundBytes, 0);
  foundAt = at;
  return true;
}

/**
 * Walks the messages of one repeated field: those in the bytes, then those that
 * were added before the walk began. Removed ones are skipped.
 *
 * One object per walk serves as iterator and as its result.
 */
export class Children<V extends View> implements IterableIterator<V> {
  value: V = undefined as never;
  done = false;
  private readonly owner: View;
  private readonly tag: number;
  private readonly Class: ViewClass<V>;
  private readonly chunk: Chunk;
  private readonly end: number;
  private readonly added: readonly Edit[] | undefined;
  private readonly addedCount: number;
  private position: number;
  private nextAdded = 0;

  constructor(owner: View, tag: number, Class: ViewClass<V>) {
    const edit = owner.edit();
    this.owner = owner;
    this.tag = tag;
    this.Class = Class;
    this.chunk = owner.chunk;
    this.position = owner.start;
    this.end = owner.end;
    this.added = edit?.added;
    this.addedCount = edit?.added?.length ?? 0;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<V> {
    const { bytes } = this.chunk;
    const end = this.end;
    const tag = this.tag;
    let position = this.position;
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
      const edits = this.chunk.edits;
      const edit = edits === undefined ? undefined : edits.get(start);
      if (edit !== undefined && edit.removed) continue;
      const view = new this.Class(this.chunk, from, start, position, tag, this.owner);
      view.cached = edit;
      this.position = position;
      this.value = view;
      return this as IteratorResult<V>;
    }
    this.position = end;
    while (this.nextAdded < this.addedCount) {
      const edit = this.added![this.nextAdded++]!;
      if (edit.tag !== tag || edit.removed) continue;
      const view = new this.Class(this.chunk, 0, 0, 0, tag, this.owner);
      view.follow(edit);
      this.value = view;
      return this as IteratorResult<V>;
    }
    this.done = true;
    this.value = undefined as never;
    return this as unknown as IteratorReturnResult<undefined>;
  }
}
