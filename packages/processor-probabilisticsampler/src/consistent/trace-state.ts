import type { Marks } from './marks.js';
import { parseRandomness } from './randomness.js';
import { parseThreshold } from './threshold.js';

/** A W3C `tracestate`, of whose member `ot` the keys `rv` and `th` are understood. */
export interface TraceState extends Marks {
  /** `th` as it was written; empty where there is none. */
  readonly th: string;
  readonly rv: string;
  /** Other keys of `ot`, as they were written: `x:y;z:`. */
  readonly otherKeys: string;
  /** Other members, as they were written, without blanks and empty ones: `a=1,b=2`. */
  readonly otherMembers: string;
}

export const emptyTraceState: TraceState = {
  randomness: undefined,
  threshold: undefined,
  th: '',
  rv: '',
  otherKeys: '',
  otherMembers: '',
};

const maxLength = 1024;
const maxLengthOfOt = 256;
const maxLengthOfKey = 256;
/** One less than the W3C allows, as in the Collector. */
const maxMembers = 31;
const keyPattern = /^(?:[a-z][a-z0-9_*/-]*|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})$/;
const valuePattern = /^[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;
const otPattern = /^[a-z][a-z0-9]*:[\w.-]*(?:;[a-z][a-z0-9]*:[\w.-]*)*$/;

/** `undefined` where the text breaks the rules of the W3C or of OpenTelemetry. */
export function parseTraceState(text: string): TraceState | undefined {
  if (text === '') return emptyTraceState;
  if (text.length > maxLength) return undefined;
  const members = text.split(',');
  // Empty members count; what follows the last comma does not where it is nothing.
  if (members.at(-1) === '') members.pop();
  if (members.length > maxMembers) return undefined;
  let otherMembers = '';
  let ot: TraceState | undefined = emptyTraceState;
  for (const padded of members) {
    const member = withoutBlanks(padded);
    if (member === '') continue;
    const equals = member.indexOf('=');
    const key = member.slice(0, Math.max(0, equals));
    const value = member.slice(equals + 1);
    if (key.length > maxLengthOfKey || !keyPattern.test(key) || !valuePattern.test(value)) return undefined;
    if (key !== 'ot') otherMembers = joined(otherMembers, ',', member);
    else {
      ot = parseOt(value);
      if (ot === undefined) return undefined;
    }
  }
  return { ...ot, otherMembers };
}

/** By hand: a pattern for the end would look at each blank as often as there are blanks. */
function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text[start]!)) start++;
  while (start < end && isBlank(text[end - 1]!)) end--;
  return text.slice(start, end);
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}

function parseOt(value: string): TraceState | undefined {
  if (value.length > maxLengthOfOt || !otPattern.test(value)) return undefined;
  let otherKeys = '';
  let ot: Pick<TraceState, 'randomness' | 'threshold' | 'rv' | 'th'> = emptyTraceState;
  for (const pair of value.split(';')) {
    const text = pair.slice(3);
    if (pair.startsWith('rv:')) {
      const randomness = parseRandomness(text);
      if (randomness === undefined) return undefined;
      ot = { ...ot, randomness, rv: text };
    } else if (pair.startsWith('th:')) {
      const threshold = parseThreshold(text);
      if (threshold === undefined) return undefined;
      ot = { ...ot, threshold, th: text };
    } else otherKeys = joined(otherKeys, ';', pair);
  }
  return { ...ot, otherKeys, otherMembers: '' };
}

/** The text with these values of `rv` and `th`, empty ones left out: `ot` stands first, all else as it was. */
export function formatTraceState({ otherKeys, otherMembers }: TraceState, rv: string, th: string): string {
  const marks = joined(rv === '' ? '' : `rv:${rv}`, ';', th === '' ? '' : `th:${th}`);
  const keys = joined(marks, ';', otherKeys);
  return joined(keys === '' ? '' : `ot=${keys}`, ',', otherMembers);
}

function joined(before: string, separator: string, after: string): string {
  return before === '' || after === '' ? before + after : before + separator + after;
}
