import { isUtf8 } from 'node:buffer';
import { createMatcher, createSearcher } from '@tributary/patterns';
import type { MultilineConfig } from './config.js';
import type { Encoding } from './decoder.js';

/** Where a record is, in the bytes that it was looked for in. */
export interface Token {
  /** Blanks around it left out, where they are to be. */
  readonly start: number;
  readonly end: number;
  /** Where the next one begins. */
  readonly next: number;
  /** It is longer than a record may be, and goes on behind this piece. */
  readonly goesOn: boolean;
}

/** How a file is cut into records. */
export interface SplitSettings {
  readonly encoding: Encoding;
  readonly multiline: MultilineConfig | undefined;
  /** In bytes. */
  readonly maxLogSize: number;
  readonly trimsStart: boolean;
  readonly trimsEnd: boolean;
}

/** Finds the records in bytes of a file, one after another. */
export interface Splitter {
  /**
   * Tells `found` of each record in `bytes` that has its end there, those of no length too; with `isEnd` also of what
   * is left. What is longer than the longest record may be is told in pieces.
   *
   * @returns where the first record begins that has no end yet
   */
  split(bytes: Buffer, isEnd: boolean, found: (token: Token) => void): number;
}

export function createSplitter(settings: SplitSettings): Splitter {
  const { encoding, multiline } = settings;
  if (encoding.isBinary) return { split: takeAll };
  const {
    line_start_pattern: start = '',
    line_end_pattern: end = '',
    omit_pattern: omits = false,
  } = multiline ?? {};
  if (start !== '') return createPatternSplitter(settings, start, 'start', omits);
  if (end !== '') return createPatternSplitter(settings, end, 'end', omits);
  return createLineSplitter(settings);
}

/** Whatever a read has brought is one record. */
function takeAll(bytes: Buffer, _: boolean, found: (token: Token) => void): number {
  if (bytes.length > 0) found({ start: 0, end: bytes.length, next: bytes.length, goesOn: false });
  return bytes.length;
}

function createLineSplitter(settings: SplitSettings): Splitter {
  const { encoding, maxLogSize } = settings;
  const { newline, unit } = encoding;
  const trim = createTrim(settings);
  return {
    split(bytes, isEnd, found) {
      let at = 0;
      while (at < bytes.length) {
        const end = unit === 1 ? bytes.indexOf(10, at) : indexOfWide(bytes, newline, at);
        const last = end < 0 ? bytes.length : end;
        if (last - at > maxLogSize) {
          found(trim(bytes, at, at + maxLogSize, at + maxLogSize, true));
          at += maxLogSize;
          continue;
        }
        if (end < 0) break;
        found(trim(bytes, at, withoutReturn(bytes, at, end, newline), end + unit));
        at = end + unit;
      }
      if (isEnd && at < bytes.length) {
        found(trim(bytes, at, bytes.length, bytes.length));
        at = bytes.length;
      }
      return at;
    },
  };
}

/** A newline at an even place: the second byte of one character and the first of the next may look like one. */
function indexOfWide(bytes: Buffer, newline: Buffer, from: number): number {
  for (let at = from; ;) {
    const found = bytes.indexOf(newline, at);
    if (found < 0 || (found - from) % 2 === 0) return found;
    at = found + 1;
  }
}

/** The end of a line, before the carriage return that may stand there. */
function withoutReturn(bytes: Buffer, start: number, end: number, newline: Buffer): number {
  const unit = newline.length;
  if (end - start < unit) return end;
  if (unit === 1) return bytes[end - 1] === 13 ? end - 1 : end;
  const low = newline[0] === 10 ? 0 : 1;
  return bytes[end - 2 + low] === 13 && bytes[end - 1 - low] === 0 ? end - 2 : end;
}

type Trim = (bytes: Buffer, start: number, end: number, next: number, goesOn?: boolean) => Token;

/** Leaves out blanks, tabs and line ends around a record, where that is wanted. */
function createTrim({ encoding, trimsStart, trimsEnd }: SplitSettings): Trim {
  const { unit, newline } = encoding;
  const low = newline[0] === 10 ? 0 : unit - 1;
  const isBlank = (bytes: Buffer, at: number): boolean => {
    const code = bytes[at + low]!;
    if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return false;
    return unit === 1 || bytes[at + 1 - low] === 0;
  };
  return (bytes, from, to, next, goesOn = false) => {
    let start = from;
    let end = to;
    if (trimsStart) while (start + unit <= end && isBlank(bytes, start)) start += unit;
    if (trimsEnd) while (end - unit >= start && isBlank(bytes, end - unit)) end -= unit;
    return { start, end, next, goesOn };
  };
}

/** Records that begin or end where an expression matches. */
function createPatternSplitter(
  settings: SplitSettings,
  expression: string,
  kind: 'start' | 'end',
  omits: boolean,
): Splitter {
  const { maxLogSize, encoding } = settings;
  const search =
    kind === 'start' && !omits && isOfOneLine(expression)
      ? createLineSearcher(expression)
      : // As in the Collector: `^` and `$` are of lines.
        createSearcher(`(?m)${expression}`);
  const trim = createTrim(settings);

  return {
    split(bytes, isEnd, found) {
      const { text, byteAt } = decodeWhole(bytes, encoding);
      let at = 0;
      const emit = (end: number, next: number): void => {
        while (end - at > maxLogSize) {
          found(trim(bytes, at, at + maxLogSize, at + maxLogSize, true));
          at += maxLogSize;
        }
        found(trim(bytes, at, end, next));
        at = next;
      };
      for (const [from, to] of search(text)) {
        // Where the text goes on, the match may, too.
        if (to === text.length && !isEnd) break;
        const matchStart = byteAt(from);
        const matchEnd = byteAt(to);
        if (kind === 'end') {
          if (matchEnd > at) emit(omits ? matchStart : matchEnd, matchEnd);
          continue;
        }
        if (matchStart > at) emit(matchStart, matchStart);
        if (omits) at = Math.max(at, matchEnd);
      }
      if (isEnd && at < bytes.length) emit(bytes.length, bytes.length);
      for (; bytes.length - at > maxLogSize; at += maxLogSize) {
        found(trim(bytes, at, at + maxLogSize, at + maxLogSize, true));
      }
      return at;
    },
  };
}

/** Whether an expression can only match at the beginning of a line, and within it. */
function isOfOneLine(expression: string): boolean {
  return expression.startsWith('^') && !/\||\(\?|\\[nsWDpPxQ0-7]|\[\^|\n/.test(expression);
}

/** Asks of each line whether it matches: a twentieth of what a search through all of the text costs. */
function createLineSearcher(expression: string): (text: string) => Iterable<readonly [number, number]> {
  const matches = createMatcher([expression], 1);
  return function* (text) {
    for (let at = 0; at < text.length;) {
      const newline = text.indexOf('\n', at);
      const end = newline < 0 ? text.length : newline;
      if (matches(text.slice(at, end)) >= 0) yield [at, end];
      at = end + 1;
    }
  };
}

/** The text of bytes, and which byte a place in it is. Places must be asked for in order. */
function decodeWhole(
  bytes: Buffer,
  encoding: Encoding,
): { readonly text: string; readonly byteAt: (index: number) => number } {
  if (encoding.unit === 2) {
    const text = encoding.decode(bytes) as string;
    return { text, byteAt: (index) => Math.min(2 * index, bytes.length) };
  }
  // A byte is a character then: an expression sees the bytes of what is not ASCII.
  if (!encoding.isUtf8 || !isUtf8(bytes)) {
    return { text: bytes.toString('latin1'), byteAt: (index) => index };
  }
  const text = bytes.toString('utf8');
  let index = 0;
  let byte = 0;
  return {
    text,
    byteAt(next) {
      byte += Buffer.byteLength(text.slice(index, next));
      index = next;
      return byte;
    },
  };
}
