import { at, readVarint, skipValue } from '@tributary/pdata/bytes';
import { isEqual, type AttributeMatch } from './attribute-match.js';

/** Fields of Span, Status, KeyValue and Resource, as tags. */
const traceStateTag = 0x1a;
const startTag = 0x39;
const endTag = 0x41;
const attributeTag = 0x4a;
const statusTag = 0x7a;
const flagsTag = 0x85;
const codeTag = 0x18;
const keyTag = 0x0a;
const valueTag = 0x12;
const resourceAttributeTag = 0x0a;

const nanosPerMs = 1e6;
const half = 4_294_967_296;

/** A length of a trace that is looked for while its spans are shown, as the Collector does: it may pass and be found. */
export interface DurationMatch {
  readonly thresholdMs: number;
  readonly upperMs: number;
  isMatched: boolean;
  /** Milliseconds. */
  value: number;
}

/** A member of a tracestate that is looked for. */
export interface TraceStateMatch {
  readonly look: (text: string) => number;
  isMatched: boolean;
  /** Which of the values it was. */
  value: number;
}

/** What the policies want to know of the spans of a trace, found in one pass over the bytes. */
export class Scanner {
  /** Bit i is set where a span has status i. */
  statuses = 0;
  /** Whether a span has the W3C flag "sampled". */
  isSampledFlagSet = false;

  readonly #durations: DurationMatch[] = [];
  readonly #traceStates: TraceStateMatch[] = [];
  readonly #attributes: AttributeMatch[] = [];
  /** By the length of their key. */
  readonly #byKeyLength: (AttributeMatch[] | undefined)[] = [];

  #startHigh = 0;
  #startLow = 0;
  #endHigh = 0;
  #endLow = 0;

  findDuration(thresholdMs: number, upperMs: number): DurationMatch {
    const match = { thresholdMs, upperMs, isMatched: false, value: NaN };
    this.#durations.push(match);
    return match;
  }

  findTraceState(look: (text: string) => number): TraceStateMatch {
    const match = { look, isMatched: false, value: NaN };
    this.#traceStates.push(match);
    return match;
  }

  findAttribute(match: AttributeMatch): AttributeMatch {
    const { length } = match.key;
    while (this.#byKeyLength.length <= length) this.#byKeyLength.push(undefined);
    (this.#byKeyLength[length] ??= []).push(match);
    this.#attributes.push(match);
    return match;
  }

  /** Whole milliseconds from the first start to the last end; NaN where none is set. */
  durationMs(): number {
    const { hasStart, hasEnd } = this;
    if (!hasStart || !hasEnd) return NaN;
    const nanos = (this.#endHigh - this.#startHigh) * half + (this.#endLow - this.#startLow);
    return Math.trunc(nanos / nanosPerMs);
  }

  begin(): void {
    this.statuses = 0;
    this.isSampledFlagSet = false;
    this.#startHigh = this.#startLow = this.#endHigh = this.#endLow = 0;
    for (const match of this.#durations) match.isMatched = false;
    for (const match of this.#traceStates) match.isMatched = false;
    for (const match of this.#attributes) match.reset();
  }

  addResource(bytes: Buffer, start: number, end: number): void {
    if (this.#attributes.length === 0) return;
    for (let position = start; position < end;) {
      const tag = readVarint(bytes, position);
      const length = at;
      position = skipValue(bytes, at, tag);
      if (tag !== resourceAttributeTag) continue;
      readVarint(bytes, length);
      this.#attribute(bytes, at, position, true);
    }
  }

  addSpan(bytes: Buffer, start: number, end: number): void {
    let status = 0;
    for (let position = start; position < end;) {
      let tag = bytes[position]!;
      let value = position + 1;
      if (tag > 127) {
        tag = readVarint(bytes, position);
        value = at;
      }
      switch (tag) {
        case startTag:
          this.#start(bytes, value);
          position = value + 8;
          continue;
        case endTag:
          this.#end(bytes, value);
          position = value + 8;
          continue;
        default:
      }
      if ((tag & 7) !== 2) {
        if (tag === flagsTag && (bytes[value]! & 1) === 1) this.isSampledFlagSet = true;
        position = skipValue(bytes, value, tag);
        continue;
      }
      let length = bytes[value]!;
      let body = value + 1;
      if (length > 127) {
        length = readVarint(bytes, value);
        body = at;
      }
      position = body + length;
      if (tag === attributeTag) this.#attribute(bytes, body, position, false);
      else if (tag === statusTag) status = statusCode(bytes, body, position, status);
      else if (tag === traceStateTag && length > 0 && this.#traceStates.length > 0) {
        this.#traceState(bytes.toString('latin1', body, position));
      }
    }
    this.statuses |= 1 << status;
    if (this.#durations.length > 0) this.#duration();
  }

  private get hasStart(): boolean {
    return this.#startHigh !== 0 || this.#startLow !== 0;
  }

  private get hasEnd(): boolean {
    return this.#endHigh !== 0 || this.#endLow !== 0;
  }

  /** A time of 0 is none. */
  #start(bytes: Buffer, position: number): void {
    const low = uint32(bytes, position);
    const high = uint32(bytes, position + 4);
    if (high === 0 && low === 0) return;
    if (!this.hasStart || high < this.#startHigh || (high === this.#startHigh && low < this.#startLow)) {
      this.#startHigh = high;
      this.#startLow = low;
    }
  }

  #end(bytes: Buffer, position: number): void {
    const low = uint32(bytes, position);
    const high = uint32(bytes, position + 4);
    if (high > this.#endHigh || (high === this.#endHigh && low > this.#endLow)) {
      this.#endHigh = high;
      this.#endLow = low;
    }
  }

  #duration(): void {
    const ms = this.durationMs();
    for (const match of this.#durations) {
      if (!match.isMatched && ms > match.thresholdMs && ms <= match.upperMs) {
        match.isMatched = true;
        match.value = ms;
      }
    }
  }

  #traceState(text: string): void {
    for (const match of this.#traceStates) {
      if (match.isMatched) continue;
      match.value = match.look(text);
      match.isMatched = match.value >= 0;
    }
  }

  /** A `KeyValue`. Most have a key of a length that nobody asks for. */
  #attribute(bytes: Buffer, start: number, end: number, isResource: boolean): void {
    const length = bytes[start + 1]!;
    const keyEnd = start + 2 + length;
    if (bytes[start] !== keyTag || length > 127) return this.#unusual(bytes, start, end, isResource);
    const matches = this.#byKeyLength[length];
    if (matches === undefined) return;
    const isUsual = keyEnd < end && bytes[keyEnd] === valueTag;
    for (let i = 0; i < matches.length; i++) {
      const match = matches[i]!;
      if (match.isMatched || !isEqual(bytes, start + 2, length, match.key)) continue;
      if (!isUsual) return this.#unusual(bytes, start, end, isResource);
      const valueEnd = readVarint(bytes, keyEnd + 1) + at;
      if (valueEnd !== end) return this.#unusual(bytes, start, end, isResource);
      match.look(bytes, at, end, isResource);
    }
  }

  /** One whose fields are not key and value in their order. */
  #unusual(bytes: Buffer, start: number, end: number, isResource: boolean): void {
    let keyAt = start;
    let length = 0;
    let valueAt = start;
    let valueEnd = start;
    for (let position = start; position < end;) {
      const tag = readVarint(bytes, position);
      const from = at;
      position = skipValue(bytes, at, tag);
      if (tag === keyTag) {
        length = readVarint(bytes, from);
        keyAt = at;
      } else if (tag === valueTag) {
        readVarint(bytes, from);
        valueAt = at;
        valueEnd = position;
      }
    }
    for (const match of this.#byKeyLength[length] ?? []) {
      if (!match.isMatched && isEqual(bytes, keyAt, length, match.key)) {
        match.look(bytes, valueAt, valueEnd, isResource);
      }
    }
  }
}

function statusCode(bytes: Buffer, start: number, end: number, status: number): number {
  for (let position = start; position < end;) {
    const tag = readVarint(bytes, position);
    // Codes that nobody knows of are none of those that can be asked for.
    if (tag === codeTag) status = Math.min(readVarint(bytes, at), 31);
    position = skipValue(bytes, at, tag);
  }
  return status;
}

function uint32(bytes: Buffer, position: number): number {
  return (
    (bytes[position]! |
      (bytes[position + 1]! << 8) |
      (bytes[position + 2]! << 16) |
      (bytes[position + 3]! << 24)) >>>
    0
  );
}
