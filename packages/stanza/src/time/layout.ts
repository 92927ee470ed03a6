/** One step of a layout: what stands at a place in a text. */
export type Step =
  | { readonly kind: 'literal'; readonly text: string }
  /** Any blanks, or none. */
  | { readonly kind: 'blank' }
  | { readonly kind: Part };

/** A part of a date or a time. */
export type Part =
  | 'year4'
  | 'year2'
  | 'month'
  | 'monthName'
  | 'monthShort'
  | 'day'
  | 'daySpaced'
  | 'weekdayName'
  | 'weekdayShort'
  | 'dayOfYear'
  | 'hour24'
  | 'hour12'
  | 'minute'
  | 'second'
  /** Digits of a second. */
  | 'fraction'
  /** A dot or comma, and digits; or nothing. */
  | 'fractionOrNone'
  | 'amPm'
  /** `Z`, or `+hhmm`. */
  | 'zoneOffset'
  /** `Z`, or `+hh:mm`. */
  | 'zoneColon'
  /** `+hh`. */
  | 'zoneHours'
  /** `+hhmmss`, or `+hh:mm:ss`. */
  | 'zoneSeconds'
  | 'zoneSecondsColon'
  | 'zoneName';

const directives: Readonly<Record<string, Part>> = {
  Y: 'year4',
  y: 'year2',
  m: 'month',
  o: 'month',
  q: 'month',
  b: 'monthShort',
  h: 'monthShort',
  B: 'monthName',
  d: 'day',
  e: 'daySpaced',
  g: 'daySpaced',
  // Not the day of the year, as elsewhere: the Collector has a zone there.
  j: 'zoneColon',
  a: 'weekdayShort',
  A: 'weekdayName',
  H: 'hour24',
  I: 'hour12',
  l: 'hour12',
  p: 'amPm',
  P: 'amPm',
  M: 'minute',
  S: 'second',
  L: 'fraction',
  f: 'fraction',
  s: 'fraction',
  z: 'zoneOffset',
  w: 'zoneSeconds',
  i: 'zoneHours',
  k: 'zoneSecondsColon',
  Z: 'zoneName',
};

const compound: Readonly<Record<string, string>> = {
  D: '%m/%d/%Y',
  x: '%m/%d/%Y',
  F: '%Y-%m-%d',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  r: '%I:%M:%S %p',
  R: '%H:%M',
  c: '%a %b %e %H:%M:%S %Y',
  n: '\n',
  t: '\t',
  '%': '%%',
};

/** @throws Error for a directive that nobody knows */
export function strptimeSteps(layout: string): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < layout.length; at++) {
    const character = layout[at]!;
    if (character !== '%') {
      literal(steps, character);
      continue;
    }
    const directive = layout[++at];
    if (directive === undefined) throw new Error('a % without a directive at the end');
    if (directive === '%') literal(steps, '%');
    else if (Object.hasOwn(compound, directive)) steps.push(...strptimeSteps(compound[directive]!));
    else if (Object.hasOwn(directives, directive)) {
      steps.push({ kind: directives[directive]! });
    } else throw new Error(`unsupported directive: %${directive}`);
  }
  return steps;
}

/** What Go's layouts are made of, the longest first. */
const goParts: readonly (readonly [RegExp, Part])[] = [
  [/2006/y, 'year4'],
  [/January/y, 'monthName'],
  [/Jan/y, 'monthShort'],
  [/Monday/y, 'weekdayName'],
  [/Mon/y, 'weekdayShort'],
  [/MST/y, 'zoneName'],
  [/[Z-]07:00:00/y, 'zoneSecondsColon'],
  [/[Z-]070000/y, 'zoneSeconds'],
  [/[Z-]07:00/y, 'zoneColon'],
  [/[Z-]0700/y, 'zoneOffset'],
  [/[Z-]07/y, 'zoneHours'],
  [/[.,](?:0+|9+)(?!\d)/y, 'fractionOrNone'],
  [/002|__2/y, 'dayOfYear'],
  [/01/y, 'month'],
  [/02/y, 'day'],
  [/03/y, 'hour12'],
  [/04/y, 'minute'],
  [/05/y, 'second'],
  [/06/y, 'year2'],
  [/15/y, 'hour24'],
  [/PM|pm/y, 'amPm'],
  [/_2/y, 'daySpaced'],
  [/1/y, 'month'],
  [/2/y, 'daySpaced'],
  [/3/y, 'hour12'],
  [/4/y, 'minute'],
  [/5/y, 'second'],
];

export function goSteps(layout: string): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < layout.length;) {
    let length = 0;
    for (const [pattern, kind] of goParts) {
      pattern.lastIndex = at;
      const match = pattern.exec(layout);
      if (match === null) continue;
      steps.push({ kind });
      length = match[0].length;
      break;
    }
    if (length === 0) literal(steps, layout[at]!);
    at += length === 0 ? 1 : length;
  }
  return steps;
}

function literal(steps: Step[], character: string): void {
  if (/\s/.test(character)) {
    if (steps.at(-1)?.kind !== 'blank') steps.push({ kind: 'blank' });
    return;
  }
  const last = steps.at(-1);
  if (last?.kind === 'literal') steps[steps.length - 1] = { kind: 'literal', text: last.text + character };
  else steps.push({ kind: 'literal', text: character });
}
