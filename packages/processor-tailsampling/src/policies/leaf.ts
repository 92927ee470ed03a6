import type { Clock } from '@tributary/component';
import { createAttributeMatch } from './attribute-match.js';
import { Bucket } from './bucket.js';
import type { Leaf } from './config.js';
import { votes, type TraceSize, type Vote } from './evaluator.js';
import type { Scanner } from './scanner.js';
import { Share } from './share.js';
import { createTraceStateLook } from './trace-state.js';

/** One policy, made. */
export interface Test {
  /** Votes on the trace that the scanner was shown. */
  vote(trace: TraceSize): Vote;
  /** What decided the last vote, for `explain`; NaN where there is nothing to say. */
  value: number;
  /** In words, of any vote and its value. */
  explain(vote: Vote, value: number): string;
}

/** What tests are made with. */
export interface Surroundings {
  readonly scanner: Scanner;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
}

const statusBits = { UNSET: 1, OK: 2, ERROR: 4 } as const;
const statusNames = ['UNSET', 'OK', 'ERROR'];

const voteOf = (isSampled: boolean): Vote => (isSampled ? votes.sampled : votes.notSampled);

/** A test whose vote is made of a condition. */
function test(
  decide: (trace: TraceSize, self: { value: number }) => boolean,
  explain: (isSampled: boolean, value: number) => string,
): Test {
  const self: Test = {
    value: NaN,
    vote(trace) {
      self.value = NaN;
      return voteOf(decide(trace, self));
    },
    explain: (vote, value) => explain(vote === votes.sampled, value),
  };
  return self;
}

export function createLeaf(policy: Leaf, { scanner, clock }: Surroundings): Test {
  switch (policy.type) {
    case 'always_sample':
      return test(
        () => true,
        () => 'keeps every trace',
      );
    case 'latency':
      return latency(policy.latency, scanner);
    case 'probabilistic': {
      const { sampling_percentage: percentage, hash_salt: salt } = policy.probabilistic;
      const share = new Share(percentage, salt);
      return test(
        ({ id }, self) => {
          const isIn = share.has(id);
          self.value = share.point;
          return isIn;
        },
        (isIn, value) =>
          `the trace ID hashes to ${round(value)} %, ${isIn ? 'within' : 'above'} ${percentage} %`,
      );
    }
    case 'status_code':
      return statusCode(policy.status_code.status_codes, scanner);
    case 'string_attribute':
    case 'numeric_attribute':
    case 'boolean_attribute':
      return attribute(policy, scanner);
    case 'trace_state': {
      const { key, values } = policy.trace_state;
      const match = scanner.findTraceState(createTraceStateLook(key, values));
      return test(
        (_, self) => {
          if (match.isMatched) self.value = match.value;
          return match.isMatched;
        },
        (isFound, value) =>
          isFound
            ? `a tracestate has ${key}=${values[value]}`
            : `no tracestate has ${key} with one of the values`,
      );
    }
    case 'trace_flags':
      return test(
        () => scanner.isSampledFlagSet,
        (isSet) => (isSet ? 'a span has the flag "sampled"' : 'no span has the flag "sampled"'),
      );
    case 'span_count': {
      const { min_spans: min, max_spans: max } = policy.span_count;
      return test(
        ({ spanCount }, self) => {
          self.value = spanCount;
          return spanCount >= min && (max === 0 || spanCount <= max);
        },
        (isWithin, value) =>
          `${count(value, 'span')} ${isWithin ? 'is' : 'is not'} within ${max === 0 ? `${min} or more` : `${min} to ${max}`}`,
      );
    }
    case 'rate_limiting': {
      const { spans_per_second: rate, burst_capacity: burst } = policy.rate_limiting;
      return limiting(rate, burst, 'span', clock, ({ spanCount }) => spanCount);
    }
    case 'bytes_limiting': {
      const { bytes_per_second: rate, burst_capacity: burst } = policy.bytes_limiting;
      return limiting(rate, burst, 'byte', clock, ({ byteLength }) => byteLength);
    }
  }
}

type Config<T extends Leaf['type']> = Extract<Leaf, { readonly type: T }>;

function latency(
  { threshold_ms: threshold, upper_threshold_ms: upper }: Config<'latency'>['latency'],
  scanner: Scanner,
): Test {
  const bounds = upper > 0 ? `above ${threshold} ms and up to ${upper} ms` : `above ${threshold} ms`;
  // With an upper bound the Collector asks after each span, and stops at the first that makes it true.
  const match = upper > 0 ? scanner.findDuration(threshold, upper) : undefined;
  return test(
    (_, self) => {
      self.value = match?.isMatched === true ? match.value : scanner.durationMs();
      return match === undefined ? self.value > threshold : match.isMatched;
    },
    (isWithin, value) =>
      Number.isNaN(value)
        ? 'no span says when it began and ended'
        : `${value} ms ${isWithin ? 'is' : 'is not'} ${bounds}`,
  );
}

function statusCode(codes: Config<'status_code'>['status_code']['status_codes'], scanner: Scanner): Test {
  let mask = 0;
  for (const code of codes) mask |= statusBits[code];
  return test(
    (_, self) => {
      const found = scanner.statuses & mask;
      if (found !== 0) self.value = 31 - Math.clz32(found);
      return found !== 0;
    },
    (isFound, value) =>
      isFound
        ? `a span has the status ${statusNames[value]}`
        : `no span has the status ${codes.join(' or ')}`,
  );
}

function attribute(
  policy: Config<'string_attribute'> | Config<'numeric_attribute'> | Config<'boolean_attribute'>,
  scanner: Scanner,
): Test {
  const match = scanner.findAttribute(createAttributeMatch(policy));
  const config =
    policy.type === 'string_attribute'
      ? policy.string_attribute
      : policy.type === 'numeric_attribute'
        ? policy.numeric_attribute
        : policy.boolean_attribute;
  const matched = (value: number): string => {
    if (policy.type === 'numeric_attribute') return `is ${value}`;
    if (policy.type === 'boolean_attribute') return value === 1 ? 'is true' : 'is false';
    const { values, enabled_regex_matching: isRegex } = policy.string_attribute;
    return `${isRegex ? 'matches' : 'is'} ${JSON.stringify(values[value])}`;
  };
  return test(
    (_, self) => {
      if (match.isMatched) self.value = match.value;
      return match.isMatched !== config.invert_match;
    },
    (isSampled, value) =>
      isSampled === config.invert_match
        ? `no ${config.key} matches`
        : `${config.key} ${matched(value)}${config.invert_match ? ', which is not wanted' : ''}`,
  );
}

function limiting(
  perSecond: number,
  burst: number,
  unit: string,
  clock: Pick<Clock, 'monotonic'>,
  measure: (trace: TraceSize) => number,
): Test {
  const capacity = burst > 0 ? burst : 2 * perSecond;
  const bucket = new Bucket(perSecond, capacity, clock);
  return test(
    (trace, self) => {
      const isTaken = bucket.take(measure(trace));
      self.value = bucket.tokens;
      return isTaken;
    },
    (isTaken, value) =>
      isTaken
        ? `room for it at ${count(perSecond, unit)} a second; ${round(value)} left`
        : `no room at ${count(perSecond, unit)} a second: ${round(value)} left of ${capacity}`,
  );
}

function count(value: number, unit: string): string {
  return `${value} ${unit}${value === 1 ? '' : 's'}`;
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
