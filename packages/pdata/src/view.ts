import { bodyStart, Chunk, clock, Edit, noLevels, writeBody, type Levels } from './edit.js';
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
 * A view keeps no copy of anything. `cached` is the edit of its place, which never
 * changes once there is one. A field that was added, or replaced whole, lies in a
 * chunk of its own; `follow` takes the view there.
 */
export abstract class View implements Node {
  /** Recognises views across copies of this package. @internal */
  static is(value: object): value is View {
    return brand in value;
  }

  // Declared and set by the constructor: with more than four classes of views in use,
  // Node 20 defines a field by a slow call, which took half of a loop that reads scopes.
  /** @internal */
  declare chunk: Chunk;
  /** Where the field starts; -1 while a singular message does not exist. @internal */
  declare from: number;
  /** @internal */
  declare start: number;
  /** @internal */
  declare end: number;
  /** @internal */
  declare readonly tag: number;
  /** @internal */
  declare readonly parent: View | undefined;
  /** @internal */
  declare cached: Edit | undefined;

  constructor(chunk: Chunk, from: number, start: number, end: number, tag: number, parent: View | undefined) {
    this.chunk = chunk;
    this.from = from;
    this.start = start;
    this.end = end;
    this.tag = tag;
    this.parent = parent;
    this.cached = undefined;
  }

  /** Name of the message in the schema. @internal */
  abstract get messageName(): MessageName;

  get isRemoved(): boolean {
    return this.isRemovedAfter(0);
  }

  remove(): void {
    const request = this.touch();
    if (this.from < 0 && !this.resolve()) return;
    this.edited().remove();
    request.itemCount = -1;
  }

  toObject(): Readonly<Record<string, unknown>> {
    return toObject(this.messageName, this.bodyBytes());
  }

  /** The body with all edits written out. @internal */
  bodyBytes(): Buffer {
    const edit = this.edit();
    return edit === undefined
      ? this.chunk.bytes.subarray(this.start, this.end)
      : writeBody(this.chunk.bytes, edit, this.levels);
  }

  /** What vanishes from the body without its records: nothing, below the records. @internal */
  get levels(): Levels {
    const around = this.parent!.levels;
    return around[0]?.includes(this.tag) === true ? around.slice(1) : noLevels;
  }

  /** Whether this place or one around it was removed, or replaced whole, later than `time`. @internal */
  isRemovedAfter(time: number): boolean {
    let inner: View = this;
    let edit = inner.edit();
    for (;;) {
      if (edit !== undefined && edit.removedAt > time) return true;
      const outer = inner.parent;
      if (outer === undefined) return false;
      const around = outer.edit();
      // What stood in the bytes of a field that was replaced whole is gone with them.
      const standsInBytes = inner.from >= 0 && edit?.frame === undefined;
      if (standsInBytes && inner.chunk !== outer.chunk && around !== undefined && around.putAt > time)
        return true;
      inner = outer;
      edit = around;
    }
  }

  /** Whether it was added later than `time`. @internal */
  isAddedAfter(time: number): boolean {
    const edit = this.edit();
    return edit !== undefined && edit.from < 0 && edit.putAt > time;
  }

  /** The edit of this place, if it has one. @internal */
  edit(): Edit | undefined {
    if (this.from < 0) this.resolve();
    let edit = this.cached;
    if (edit === undefined) {
      const { edits } = this.chunk;
      if (edits === undefined) return undefined;
      edit = edits.get(this.start);
      if (edit === undefined) return undefined;
      this.cached = edit;
    }
    if (edit.frame !== undefined && edit.chunk !== this.chunk) this.follow(edit);
    return edit;
  }

  /** The edit of this place, made if there is none. Call `touch` first. @internal */
  edited(): Edit {
    const known = this.edit();
    if (known !== undefined) return known;
    const { chunk, parent } = this;
    if (this.from < 0) return this.create();
    const edit = new Edit(this.tag, this.from, this.start, this.end);
    if (parent === undefined) chunk.root = edit;
    else {
      const around = parent.edited();
      // Otherwise the field around was replaced whole, and the edit goes nowhere.
      if (parent.chunk === chunk) around.addKid(edit);
    }
    (chunk.edits ??= new Map<number, Edit>()).set(this.start, edit);
    return (this.cached = edit);
  }

  /**
   * Before every write: throws if the batch was handed on, and forgets what is
   * remembered of its bytes. Returns the request.
   *
   * @internal
   */
  touch(): Chunk {
    let view: View = this;
    while (view.parent !== undefined) view = view.parent;
    const request = view.chunk;
    if (request.moved) {
      throw new TypeError('this batch was handed on: a view that was made before cannot write to it');
    }
    request.settled = undefined;
    request.size = -1;
    return request;
  }

  /** Takes the view to the place of an edit. @internal */
  follow(edit: Edit): void {
    const { frame } = edit;
    this.cached = edit;
    if (frame === undefined) {
      this.chunk = this.parent!.chunk;
      this.from = edit.from;
      this.start = edit.start;
      this.end = edit.end;
    } else {
      this.chunk = edit.chunk ??= new Chunk(frame);
      this.from = 0;
      this.start = bodyStart(frame);
      this.end = frame.length;
    }
  }

  /** Takes the place of the singular message that this view stands for, if it is there by now. */
  private resolve(): boolean {
    if (!this.parent!.seek(this.tag)) return false;
    this.settle();
    return true;
  }

  /** Adds the singular message that this view stands for. */
  private create(): Edit {
    this.parent!.put(this.tag, frame(this.tag, noBytes), true);
    return this.edit()!;
  }

  /** Takes the place that `seek` has just found in the parent. */
  private settle(): void {
    if (foundEdit !== undefined) return this.follow(foundEdit);
    this.chunk = this.parent!.chunk;
    this.from = foundFrom;
    const length = readVarint(foundBytes, foundAt);
    this.start = at;
    this.end = at + length;
  }

  /** Finds a singular field; what was found is in the registers. @internal */
  seek(tag: number): boolean {
    const edit = this.edit();
    const { bytes } = this.chunk;
    const { end } = this;
    foundEdit = undefined;
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
        return edit?.kids === undefined || isThere(edit.kidAt(from));
      }
      position = skipValue(bytes, position, current);
    }
    if (edit?.singles !== undefined) {
      for (const field of edit.singles) if (field.tag === tag) return isThere(field);
    }
    return false;
  }

  /** The bytes in which `seek` found the field. @internal */
  get valueBytes(): Buffer {
    return foundBytes;
  }
  /** Where its value starts. @internal */
  get valueAt(): number {
    return foundAt;
  }

  /** A singular message: a view of it, whether it exists or not. @internal */
  protected part<V extends View>(tag: number, Class: ViewClass<V>): V {
    const view = new Class(this.chunk, -1, -1, -1, tag, this);
    if (this.seek(tag)) view.settle();
    return view;
  }

  /** A singular message: a view of it, or `undefined`. @internal */
  protected optionalPart<V extends View>(tag: number, Class: ViewClass<V>): V | undefined {
    if (!this.seek(tag)) return undefined;
    const view = new Class(this.chunk, -1, -1, -1, tag, this);
    view.settle();
    return view;
  }

  /**
   * Puts `bytes` (a whole field) in the place of a singular field; `undefined`
   * takes it out. A message may hold records, and may have views.
   *
   * @internal
   */
  put(tag: number, bytes: Buffer | undefined, isMessage: boolean): void {
    const request = this.touch();
    if (isMessage) request.itemCount = -1;
    const isFound = this.seek(tag);
    let field = foundEdit;
    if (field === undefined) {
      if (!isFound) {
        if (bytes !== undefined) this.edited().addSingle(tag, bytes);
        return;
      }
      field = this.foundField(tag, isMessage);
    }
    // One that was removed is put back in its place, so that old views see the new one.
    if (bytes !== undefined) field.replace(bytes);
    else if (isFound) field.remove();
  }

  /** An edit of the field that `seek` found. That of a message goes to the table, where views of it look. */
  private foundField(tag: number, isMessage: boolean): Edit {
    const { chunk } = this;
    const from = foundFrom;
    let start = foundAt;
    const end = skipValue(chunk.bytes, start, tag);
    if (!isMessage) return this.fieldEdit(tag, from, start, end);
    readVarint(chunk.bytes, start);
    start = at;
    const edit = this.fieldEdit(tag, from, start, end);
    (chunk.edits ??= new Map<number, Edit>()).set(start, edit);
    return edit;
  }

  /** The edit of a field that stands in the bytes, made if there is none. @internal */
  fieldEdit(tag: number, from: number, start: number, end: number): Edit {
    const around = this.edited();
    const known = around.kidAt(from);
    if (known !== undefined) return known;
    const made = new Edit(tag, from, start, end);
    around.addKid(made);
    return made;
  }

  /** Takes out every field with this tag. @internal */
  protected clear(tag: number): void {
    this.touch();
    const edit = this.edited();
    const { bytes } = this.chunk;
    for (let position = this.start; position < this.end;) {
      const from = position;
      const current = readVarint(bytes, position);
      const valueAt = at;
      position = skipValue(bytes, valueAt, current);
      if (current === tag) this.fieldEdit(tag, from, valueAt, position).remove();
    }
    for (const field of edit.added ?? []) if (field.tag === tag) field.remove();
  }

  /** Adds a message of a repeated field and returns the view of it. @internal */
  protected appendMessage<V extends View>(tag: number, Class: ViewClass<V>, body: Uint8Array): V {
    this.touch().itemCount = -1;
    const view = new Class(this.chunk, 0, 0, 0, tag, this);
    view.follow(this.edited().add(tag, frame(tag, body)));
    return view;
  }

  /** The messages of a repeated field, one view each. @internal */
  protected children<V extends View>(tag: number, Class: ViewClass<V>): Children<V> {
    return new Children(this, tag, Class);
  }
}

Object.defineProperty(View.prototype, brand, { value: true });

/** Whether the field of this edit is there; its bytes go to the registers if they are others. */
function isThere(edit: Edit | undefined): boolean {
  foundEdit = edit;
  if (edit === undefined) return true;
  if (edit.removedAt > 0) return false;
  if (edit.frame !== undefined) {
    foundBytes = edit.frame;
    readVarint(foundBytes, 0);
    foundAt = at;
  }
  return true;
}

/**
 * Walks the messages of one repeated field: those in the bytes, then those that
 * were added before the walk began. Removed ones are skipped, and all that is left
 * if what is around them is removed meanwhile.
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
  /** When the walk began, or a larger one that this is a part of. */
  private readonly began: number;
  private seen: number;
  private position: number;
  private nextAdded = 0;

  constructor(owner: View, tag: number, Class: ViewClass<V>, began: number = clock) {
    owner.edit();
    this.owner = owner;
    this.tag = tag;
    this.Class = Class;
    this.chunk = owner.chunk;
    this.position = owner.start;
    this.end = owner.end;
    this.began = began;
    this.seen = began;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<V> {
    if (this.done) return this.finish();
    const { chunk, end, tag } = this;
    if (this.seen !== clock) {
      this.seen = clock;
      if (this.owner.isRemovedAfter(this.began) || this.owner.chunk !== chunk) return this.finish();
    }
    const { bytes } = chunk;
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
      const { edits } = chunk;
      const edit = edits === undefined ? undefined : edits.get(start);
      if (edit !== undefined && edit.removedAt > 0) continue;
      const view = new this.Class(chunk, from, start, position, tag, this.owner);
      view.cached = edit;
      this.position = position;
      this.value = view;
      return this as IteratorResult<V>;
    }
    this.position = end;
    const added = this.owner.edit()?.added;
    if (added !== undefined) {
      while (this.nextAdded < added.length) {
        const edit = added[this.nextAdded++]!;
        if (edit.tag !== tag || edit.removedAt > 0 || edit.putAt > this.began) continue;
        const view = new this.Class(chunk, 0, 0, 0, tag, this.owner);
        view.follow(edit);
        this.value = view;
        return this as IteratorResult<V>;
      }
    }
    return this.finish();
  }

  private finish(): IteratorResult<V> {
    this.done = true;
    this.value = undefined as never;
    return this;
  }
}
