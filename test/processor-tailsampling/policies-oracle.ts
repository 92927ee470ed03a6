import type { Policy } from '../../packages/processor-tailsampling/src/policies/config.js';

/** The value of an attribute, as one of the fields of `AnyValue`; none where it is empty. */
export type Value =
  | { readonly stringValue: string }
  | { readonly intValue: bigint }
  | { readonly boolValue: boolean }
  | { readonly doubleValue: number }
  | undefined;
export type Attributes = Readonly<Record<string, Value>>;

export interface OracleSpan {
  /** Nanoseconds; 0: not set. */
  readonly start: bigint;
  readonly end: bigint;
  readonly status: 'UNSET' | 'OK' | 'ERROR';
  readonly flags: number;
  readonly traceState: string;
  readonly attributes: Attributes;
}

export interface OracleTrace {
  readonly id: Buffer;
  readonly byteLength: number;
  readonly resources: readonly { readonly attributes: Attributes; readonly spans: readonly OracleSpan[] }[];
}

export type OracleVote = 'sampled' | 'notSampled' | 'dropped';

export interface OracleDecision {
  /** By policy, in the order of evaluation; undefined: not asked. */
  readonly votes: readonly (OracleVote | undefined)[];
  readonly verdict: 'sampled' | 'not_sampled' | 'dropped';
  /** Name of the policy that is credited, and of its part where it is a `composite`. */
  readonly policy: string | undefined;
  readonly part: string | undefined;
}

/** What the oracle knows of the tracestates that it is shown: their members, or that they are none. */
export const traceStates: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': {},
  'a=1': { a: '1' },
  'a=2,b=1': { a: '2', b: '1' },
  'b=x y,a=1': { b: 'x y', a: '1' },
  'a=1,a=1': {},
  a: {},
  'A=1': {},
  'a=12': { a: '12' },
};

/** Highest hashes that are in the share, as the reference has them. */
export const shares: ReadonlyMap<number, bigint> = new Map([
  [0, 0n],
  [1, 0x028f5c28f5c28f5fn],
  [10, 0x19999999999999ffn],
  [25, 0x3fffffffffffffffn],
  [50, 0x7fffffffffffffffn],
  [99.9, 0xffbe76c8b4395fffn],
  [100, 0xffffffffffffffffn],
]);

/** A policy, made slowly: it looks at decoded spans as the reference says it. */
interface Asked {
  vote(trace: OracleTrace): OracleVote;
  /** Of a `composite`: who has decided the last vote. */
  part?: string | undefined;
}

export interface OracleClock {
  /** Milliseconds. */
  nowMs: number;
}

/** Decides as the reference of sampling says, in the plainest way. */
export function createOracle(
  policies: readonly Policy[],
  sampleOnFirstMatch: boolean,
  clock: OracleClock,
): (trace: OracleTrace) => OracleDecision {
  const ordered = [
    ...policies.filter(({ type }) => type === 'drop'),
    ...policies.filter(({ type }) => type !== 'drop'),
  ].map((policy) => ({ name: policy.name, asked: ask(policy, clock) }));
  return (trace) => {
    const votes: (OracleVote | undefined)[] = ordered.map(() => undefined);
    for (const [i, { asked }] of ordered.entries()) {
      votes[i] = asked.vote(trace);
      if (votes[i] === 'dropped' || (sampleOnFirstMatch && votes[i] === 'sampled')) break;
    }
    const winner = (['dropped', 'sampled', 'notSampled'] as const).find((vote) => votes.includes(vote));
    const credited = winner === undefined ? undefined : ordered[votes.indexOf(winner)];
    return {
      votes,
      verdict: winner === 'dropped' ? 'dropped' : winner === 'sampled' ? 'sampled' : 'not_sampled',
      policy: credited?.name,
      part: credited?.asked.part,
    };
  };
}

const spansOf = (trace: OracleTrace): readonly OracleSpan[] => trace.resources.flatMap(({ spans }) => spans);
const kept = (isKept: boolean): OracleVote => (isKept ? 'sampled' : 'notSampled');

function ask(policy: Policy, clock: OracleClock): Asked {
  switch (policy.type) {
    case 'always_sample':
      return { vote: () => 'sampled' };
    case 'latency':
      return { vote: (trace) => kept(lasts(spansOf(trace), policy.latency)) };
    case 'status_code':
      return {
        vote: (trace) =>
          kept(spansOf(trace).some(({ status }) => policy.status_code.status_codes.includes(status))),
      };
    case 'trace_flags':
      return { vote: (trace) => kept(spansOf(trace).some(({ flags }) => flags % 2 === 1)) };
    case 'trace_state': {
      const { key, values } = policy.trace_state;
      return {
        vote: (trace) =>
          kept(
            spansOf(trace).some(({ traceState }) => values.includes(traceStates[traceState]![key] ?? '-')),
          ),
      };
    }
    case 'span_count': {
      const { min_spans: min, max_spans: max } = policy.span_count;
      return {
        vote(trace) {
          const { length } = spansOf(trace);
          return kept(min <= length && (max === 0 || length <= max));
        },
      };
    }
    case 'probabilistic': {
      const { sampling_percentage: percentage, hash_salt: salt } = policy.probabilistic;
      const most = shares.get(percentage)!;
      return { vote: ({ id }) => kept(fnv(`${salt || 'default-hash-seed'}`, id) <= most) };
    }
    case 'numeric_attribute': {
      const { key, invert_match: isInverted } = policy.numeric_attribute;
      const [min, max] = [
        BigInt(policy.numeric_attribute.min_value),
        BigInt(policy.numeric_attribute.max_value),
      ];
      const isIn = (value: Value): boolean => {
        const number = value !== undefined && 'intValue' in value ? value.intValue : 0n;
        return (min === 0n || min <= number) && (max === 0n || number <= max);
      };
      return { vote: (trace) => kept(has(trace, key, isIn) !== isInverted) };
    }
    case 'boolean_attribute': {
      const { key, value: wanted, invert_match: isInverted } = policy.boolean_attribute;
      const isIt = (value: Value): boolean =>
        (value !== undefined && 'boolValue' in value && value.boolValue) === wanted;
      return { vote: (trace) => kept(has(trace, key, isIt) !== isInverted) };
    }
    case 'string_attribute': {
      const {
        key,
        values,
        enabled_regex_matching: isRegex,
        invert_match: isInverted,
      } = policy.string_attribute;
      const isIt = (value: Value, isResource: boolean): boolean => {
        const text = value !== undefined && 'stringValue' in value ? value.stringValue : '';
        if (isRegex)
          return (text !== '' || isResource) && values.some((pattern) => new RegExp(pattern).test(text));
        return text !== '' && values.includes(text);
      };
      return { vote: (trace) => kept(has(trace, key, isIt) !== isInverted) };
    }
    case 'rate_limiting': {
      const { spans_per_second: rate, burst_capacity: burst } = policy.rate_limiting;
      const take = bucket(rate, burst, clock);
      return { vote: (trace) => kept(take(spansOf(trace).length)) };
    }
    case 'bytes_limiting': {
      const { bytes_per_second: rate, burst_capacity: burst } = policy.bytes_limiting;
      const take = bucket(rate, burst, clock);
      return { vote: ({ byteLength }) => kept(take(byteLength)) };
    }
    case 'not': {
      const inner = ask(policy.not.not_sub_policy, clock);
      return { vote: (trace) => kept(inner.vote(trace) === 'notSampled') };
    }
    case 'and': {
      const parts = policy.and.and_sub_policy.map((part) => ask(part, clock));
      return { vote: (trace) => kept(parts.every((part) => part.vote(trace) === 'sampled')) };
    }
    case 'drop': {
      const parts = policy.drop.drop_sub_policy.map((part) => ask(part, clock));
      return {
        vote: (trace) => (parts.every((part) => part.vote(trace) === 'sampled') ? 'dropped' : 'notSampled'),
      };
    }
    case 'composite':
      return composite(policy.composite, clock);
  }
}

/** Whether an attribute of a resource or a span is what is looked for. */
function has(trace: OracleTrace, key: string, isIt: (value: Value, isResource: boolean) => boolean): boolean {
  return trace.resources.some(
    ({ attributes, spans }) =>
      (key in attributes && isIt(attributes[key], true)) ||
      spans.some((span) => key in span.attributes && isIt(span.attributes[key], false)),
  );
}

/** Asked after each span where there is an upper bound, else once. */
function lasts(
  spans: readonly OracleSpan[],
  {
    threshold_ms: threshold,
    upper_threshold_ms: upper,
  }: { threshold_ms: number; upper_threshold_ms: number },
): boolean {
  const wholeMs = (shown: readonly OracleSpan[]): bigint | undefined => {
    const starts = shown.map(({ start }) => start).filter((time) => time !== 0n);
    const ends = shown.map(({ end }) => end).filter((time) => time !== 0n);
    if (starts.length === 0 || ends.length === 0) return undefined;
    const first = starts.reduce((a, b) => (a < b ? a : b));
    const last = ends.reduce((a, b) => (a > b ? a : b));
    return (last - first) / 1_000_000n;
  };
  if (upper > 0) {
    return spans.some((_, i) => {
      const ms = wholeMs(spans.slice(0, i + 1));
      return ms !== undefined && ms > threshold && ms <= upper;
    });
  }
  const ms = wholeMs(spans);
  return ms !== undefined && ms > threshold;
}

function fnv(salt: string, id: Buffer): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.concat([Buffer.from(salt), id])) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash;
}

/** Full at first; what is refused takes nothing. */
function bucket(perSecond: number, burst: number, clock: OracleClock): (count: number) => boolean {
  const capacity = burst === 0 ? 2 * perSecond : burst;
  let tokens = capacity;
  let filledMs = clock.nowMs;
  return (count) => {
    tokens = Math.min(capacity, tokens + ((clock.nowMs - filledMs) * perSecond) / 1000);
    filledMs = clock.nowMs;
    if (count > tokens) return false;
    tokens -= count;
    return true;
  };
}

/** `policy_order` counts, and what all left unused in a second may be used in the next. */
function composite(
  config: Extract<Policy, { readonly type: 'composite' }>['composite'],
  clock: OracleClock,
): Asked {
  const { max_total_spans_per_second: max, policy_order: order, composite_sub_policy: listed } = config;
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const parts = listed
    .toSorted((a, b) => place(a.name) - place(b.name))
    .map((policy) => {
      const { percent = 0 } = config.rate_allocation.find((rate) => rate.policy === policy.name) ?? {};
      const allocation = Math.trunc(percent > 0 ? (percent / 100) * max : max / listed.length);
      return { name: policy.name, asked: ask(policy, clock), allocation };
    });
  /** By second: spans of each part within its own allocation, and all that were kept. */
  const used = new Map<number, { own: Map<string, number>; more: number; total: number }>();
  let firstSecond: number | undefined;
  const usedIn = (second: number): { own: Map<string, number>; more: number; total: number } => {
    if (!used.has(second)) used.set(second, { own: new Map(), more: 0, total: 0 });
    return used.get(second)!;
  };
  const self: Asked = {
    part: undefined,
    vote(trace) {
      const second = Math.floor(clock.nowMs / 1000);
      firstSecond ??= second;
      const now = usedIn(second);
      const left = second === firstSecond ? 0 : Math.max(0, max - usedIn(second - 1).total);
      const { length } = spansOf(trace);
      self.part = undefined;
      const part = parts.find(({ asked }) => asked.vote(trace) === 'sampled');
      if (part === undefined) return 'notSampled';
      const own = now.own.get(part.name) ?? 0;
      if (own + length <= part.allocation) now.own.set(part.name, own + length);
      else if (now.more + length <= left && now.total + length <= max) now.more += length;
      else return 'notSampled';
      now.total += length;
      self.part = part.name;
      return 'sampled';
    },
  };
  return self;
}
