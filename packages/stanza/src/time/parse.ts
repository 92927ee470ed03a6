import { goSteps, strptimeSteps, type Part, type Step } from './layout.js';
import { local, utc, zoneOf, type Zone } from './zone.js';

/** How a time is written. */
export interface TimeSettings {
  readonly layout_type: 'strptime' | 'gotime' | 'epoch';
  readonly layout: string;
  /** A zone of the IANA, for what names none. Default: UTC where the layout ends in Z, and else that of the process. */
  readonly location?: string | undefined;
}

/** Reads a time. Nanoseconds since the epoch. @throws Error for what is none */
export type TimeParser = (value: unknown) => bigint;

const epochLayouts: Readonly<Record<string, number>> = {
  s: 9,
  ms: 6,
  us: 3,
  ns: 0,
  's.ms': 9,
  's.us': 9,
  's.ns': 9,
};
const dayMs = 86_400_000;

/** `nowMs` tells the year, where the text does not. @throws Error for a layout or a zone that there is not */
export function createTimeParser(settings: TimeSettings, nowMs: () => number): TimeParser {
  const { layout_type, layout, location } = settings;
  if (layout_type === 'epoch') return createEpochParser(layout);
  const steps = layout_type === 'strptime' ? strptimeSteps(layout) : goSteps(layout);
  const zone =
    location !== undefined ? zoneOf(location) : layout.endsWith('Z') || layout.endsWith("'Z'") ? utc : local;
  const isRfc3339 = isRfc3339Steps(steps);
  return (value) => {
    if (typeof value !== 'string') throw new Error(`a time must be a text, got ${typeof value}`);
    const quick = isRfc3339 ? parseRfc3339(value) : undefined;
    return quick ?? parseBySteps(value, steps, zone, nowMs, settings);
  };
}

function createEpochParser(layout: string): TimeParser {
  const zeros = Object.hasOwn(epochLayouts, layout) ? epochLayouts[layout] : undefined;
  if (zeros === undefined) throw new Error('invalid `layout` for `epoch` type');
  return (value) => {
    const text =
      typeof value === 'number' || typeof value === 'bigint' ? decimal(value) : String(value).trim();
    const [, sign, whole, fraction = ''] = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
    if (whole === undefined)
      throw new Error(`invalid value ${JSON.stringify(text)} for a time since the epoch`);
    const ns = BigInt(whole + fraction.slice(0, zeros).padEnd(zeros, '0'));
    return sign === '-' ? -ns : ns;
  };
}

function decimal(value: number | bigint): string {
  return typeof value === 'number' && Math.abs(value) >= 1e21 ? BigInt(value).toString() : String(value);
}

function isRfc3339Steps(steps: readonly Step[]): boolean {
  const shape = steps.map((step) => (step.kind === 'literal' ? step.text : step.kind)).join(' ');
  return /^year4 - month - day T hour24 : minute : second (?:fractionOrNone |\. fraction )?(?:zoneColon|zoneOffset|Z)$/.test(
    shape,
  );
}

/** `2026-11-27T10:00:00.123456789Z`, or with `+01:00`; what most logs have. `undefined` for anything else. */
export function parseRfc3339(text: string): bigint | undefined {
  const length = text.length;
  if (length < 20 || text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 84)
    return undefined;
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  if ((year | month | day | hour | minute | second) < 0) return undefined;
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59)
    return undefined;
  let at = 19;
  let ns = 0;
  if (text.charCodeAt(at) === 46) {
    at++;
    const start = at;
    while (at < length && at - start < 9 && isDigit(text.charCodeAt(at)))
      ns = 10 * ns + text.charCodeAt(at++) - 48;
    if (at === start) return undefined;
    for (let i = at - start; i < 9; i++) ns *= 10;
    while (at < length && isDigit(text.charCodeAt(at))) at++;
  }
  let offsetMinutes = 0;
  const sign = text.charCodeAt(at);
  if (sign === 43 || sign === 45) {
    const hasColon = text.charCodeAt(at + 3) === 58;
    const [hours, minutes] = [
      digits(text, at + 1, at + 3),
      digits(text, at + (hasColon ? 4 : 3), at + (hasColon ? 6 : 5)),
    ];
    if ((hours | minutes) < 0 || at + (hasColon ? 6 : 5) !== length) return undefined;
    offsetMinutes = (sign === 45 ? -1 : 1) * (60 * hours + minutes);
  } else if (sign !== 90 || at + 1 !== length) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second) - offsetMinutes * 60_000;
  if (day > 28 && new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) return undefined;
  return BigInt(ms) * 1_000_000n + BigInt(ns);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** -1 where something else than digits stands there. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    // Also of what is not there: NaN is in no range.
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = 10 * value + digit;
  }
  return value;
}

/** What a text has said of a time. */
interface Said {
  year: number | undefined;
  month: number;
  day: number;
  dayOfYear: number | undefined;
  hour: number;
  isAfternoon: boolean | undefined;
  minute: number;
  second: number;
  ns: number;
  offsetMs: number | undefined;
}

const months = 'january february march april may june july august september october november december'.split(
  ' ',
);
const weekdays = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const fixedZones: Readonly<Record<string, number>> = { utc: 0, gmt: 0, z: 0 };

function parseBySteps(
  text: string,
  steps: readonly Step[],
  zone: Zone,
  nowMs: () => number,
  { layout }: TimeSettings,
): bigint {
  const said: Said = {
    year: undefined,
    month: 1,
    day: 1,
    dayOfYear: undefined,
    hour: 0,
    isAfternoon: undefined,
    minute: 0,
    second: 0,
    ns: 0,
    offsetMs: undefined,
  };
  const fail = (): Error => new Error(`${JSON.stringify(text)} is not written as ${JSON.stringify(layout)}`);
  let at = 0;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    switch (step.kind) {
      case 'literal':
        if (!text.startsWith(step.text, at)) throw fail();
        at += step.text.length;
        break;
      case 'blank':
        while (/\s/.test(text[at] ?? '')) at++;
        break;
      default: {
        const next = readPart(step.kind, text, at, said);
        if (next < 0) throw fail();
        at = next;
        // Go takes a fraction behind the seconds, also where the layout has none.
        if (step.kind === 'second' && !isFraction(steps[i + 1], steps[i + 2])) {
          const behind = readFraction(text, at, said);
          if (behind > 0) at = behind;
        }
      }
    }
  }
  if (at !== text.length) throw fail();
  return momentOf(said, zone, nowMs, fail);
}

function isFraction(step: Step | undefined, after: Step | undefined): boolean {
  if (step?.kind === 'fraction' || step?.kind === 'fractionOrNone') return true;
  return step?.kind === 'literal' && /^[.,]$/.test(step.text) && after?.kind === 'fraction';
}

/** Where the text goes on; -1 where the part is not there. */
function readPart(part: Part, text: string, at: number, said: Said): number {
  switch (part) {
    case 'year4':
      return readNumber(text, at, 4, 4, (year) => (said.year = year));
    case 'year2':
      return readNumber(text, at, 2, 2, (year) => (said.year = year >= 69 ? 1900 + year : 2000 + year));
    case 'month':
      return readNumber(text, skipBlank(text, at), 1, 2, (month) => (said.month = month));
    case 'monthName':
    case 'monthShort':
      return readName(text, at, months, (index) => (said.month = index + 1));
    case 'day':
    case 'daySpaced':
      return readNumber(text, skipBlank(text, at), 1, 2, (day) => (said.day = day));
    case 'dayOfYear':
      return readNumber(text, skipBlank(text, at), 1, 3, (day) => (said.dayOfYear = day));
    case 'weekdayName':
    case 'weekdayShort':
      return readName(text, at, weekdays, () => {});
    case 'hour24':
      return readNumber(text, skipBlank(text, at), 1, 2, (hour) => (said.hour = hour));
    case 'hour12':
      return readNumber(text, skipBlank(text, at), 1, 2, (hour) => {
        said.hour = hour;
        said.isAfternoon ??= false;
      });
    case 'minute':
      return readNumber(text, at, 1, 2, (minute) => (said.minute = minute));
    case 'second':
      return readNumber(text, at, 1, 2, (second) => (said.second = second));
    case 'fraction':
      return readDigits(text, at, said);
    case 'fractionOrNone': {
      const next = readFraction(text, at, said);
      return next < 0 ? at : next;
    }
    case 'amPm': {
      const word = text.slice(at, at + 2).toLowerCase();
      if (word !== 'am' && word !== 'pm') return -1;
      said.isAfternoon = word === 'pm';
      return at + 2;
    }
    case 'zoneName': {
      const [name] = /^[A-Za-z]{1,5}/.exec(text.slice(at, at + 5)) ?? [];
      const offset = name === undefined ? undefined : zoneNamed(name);
      if (offset === undefined) return -1;
      said.offsetMs = offset;
      return at + name!.length;
    }
    default:
      return readOffset(text, at, part, said);
  }
}

function skipBlank(text: string, at: number): number {
  return text[at] === ' ' ? at + 1 : at;
}

function readNumber(
  text: string,
  at: number,
  least: number,
  most: number,
  set: (value: number) => void,
): number {
  let end = at;
  while (end - at < most && isDigit(text.charCodeAt(end))) end++;
  if (end - at < least) return -1;
  set(digits(text, at, end));
  return end;
}

function readName(text: string, at: number, names: readonly string[], set: (index: number) => void): number {
  const lower = text.slice(at, at + 9).toLowerCase();
  for (const length of [undefined, 3]) {
    const index = names.findIndex((name) => lower.startsWith(name.slice(0, length)));
    if (index < 0) continue;
    set(index);
    return at + (length ?? names[index]!.length);
  }
  return -1;
}

function readFraction(text: string, at: number, said: Said): number {
  const mark = text[at];
  return mark === '.' || mark === ',' ? readDigits(text, at + 1, said) : -1;
}

function readDigits(text: string, at: number, said: Said): number {
  let end = at;
  while (isDigit(text.charCodeAt(end))) end++;
  if (end === at) return -1;
  said.ns = Number(text.slice(at, Math.min(end, at + 9)).padEnd(9, '0'));
  return end;
}

function readOffset(text: string, at: number, part: Part, said: Said): number {
  if (text[at] === 'Z') {
    said.offsetMs = 0;
    return at + 1;
  }
  const shapes: Partial<Record<Part, RegExp>> = {
    zoneOffset: /([+-])(\d\d):?(\d\d)/y,
    zoneColon: /([+-])(\d\d):(\d\d)/y,
    zoneHours: /([+-])(\d\d)/y,
    zoneSeconds: /([+-])(\d\d)(\d\d)(\d\d)/y,
    zoneSecondsColon: /([+-])(\d\d):(\d\d):(\d\d)/y,
  };
  const shape = shapes[part]!;
  shape.lastIndex = at;
  const match = shape.exec(text);
  if (match === null) return -1;
  const [whole, sign, hours, minutes = '0', seconds = '0'] = match;
  const size = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  said.offsetMs = (sign === '-' ? -1000 : 1000) * size;
  return at + whole.length;
}

/** Of a zone without a rule: its name says all. */
function zoneNamed(name: string): number | undefined {
  const fixed = fixedZones[name.toLowerCase()];
  if (fixed !== undefined) return fixed;
  try {
    return zoneOf(name)(0);
  } catch {
    throw new Error(`failed to load location ${name}`);
  }
}

function momentOf(said: Said, zone: Zone, nowMs: () => number, fail: () => Error): bigint {
  const { month, day, minute, second, dayOfYear } = said;
  let { hour } = said;
  if (said.isAfternoon !== undefined) {
    if (hour > 12) throw fail();
    hour = (hour % 12) + (said.isAfternoon ? 12 : 0);
  }
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) throw fail();
  const at = (year: number): number => {
    const date = dayOfYear === undefined ? Date.UTC(year, month - 1, day) : Date.UTC(year, 0, dayOfYear);
    // Years below 100 are not those of the last century.
    const exact = year < 100 ? new Date(date).setUTCFullYear(year) : date;
    if (dayOfYear === undefined && new Date(exact).getUTCDate() !== day) throw fail();
    const localMs = exact + ((hour * 60 + minute) * 60 + second) * 1000;
    return localMs - (said.offsetMs ?? zone(localMs));
  };
  let ms: number;
  if (said.year === undefined) {
    const now = nowMs();
    const year = new Date(now).getUTCFullYear();
    ms = at(year);
    // A line of December, read in January.
    if (ms > now + 7 * dayMs) ms = at(year - 1);
  } else ms = at(said.year);
  return BigInt(ms) * 1_000_000n + BigInt(said.ns);
}
