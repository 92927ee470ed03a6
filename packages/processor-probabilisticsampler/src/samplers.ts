import type { Completed } from './config.js';
import { isMarked } from './consistent/marks.js';
import { isBelow } from './consistent/bits56.js';
import { highest, readTraceId } from './consistent/randomness.js';
import { always, isKept, never, probabilityOf, thresholdOf, type Threshold } from './consistent/threshold.js';
import type { Decision, Fault, Sampler } from './decision.js';
import { bucketsOf, bucketThreshold, createHash, spreadHash } from './hash-seed.js';

/** The sampler of a mode. */
export function createSampler(config: Completed): Sampler {
  if (config.mode !== 'hash_seed') return createConsistent(config, config.mode);
  const { already_sampled: mode } = config;
  return createHashing(config, mode === 'error' ? undefined : createConsistent(config, mode));
}

/** Whether it keeps nothing but what has a priority. */
function keepsNothing({ mode, sampling_percentage: percentage }: Completed): boolean {
  return percentage === 0 || (mode === 'hash_seed' && bucketsOf(percentage) === 0);
}

/** By a hash with a seed. What was sampled before is a fault, or a matter for `resample`. */
function createHashing(config: Completed, resample: Sampler | undefined): Sampler {
  const threshold = bucketThreshold(bucketsOf(config.sampling_percentage));
  const fail = createFail(config);
  const hash = createHash(config.hash_seed);
  const hashed = { high: 0, low: 0 };
  return (item, decision) => {
    const { key, marks } = item;
    const isSampledBefore = marks !== undefined && isMarked(marks);
    if (isSampledBefore && resample !== undefined) return resample(item, decision);
    decision.earlier = undefined;
    if (key.length === 0) setMissing(decision);
    else {
      spreadHash(hash(key), hashed);
      decision.randomness = hashed;
      decision.policy = item.keyPolicy;
    }
    if (marks === undefined) fail(decision, 'unreadable', 'none');
    else if (isSampledBefore) fail(decision, 'sampled_before', 'none');
    else if (key.length === 0) fail(decision, 'missing_randomness', 'both');
    else pass(decision, threshold, 'both');
  };
}

/** By the randomness that all consistent samplers of a trace share. */
function createConsistent(config: Completed, mode: 'equalizing' | 'proportional'): Sampler {
  const decide = mode === 'equalizing' ? createEqualizing(config) : createProportional(config);
  const fail = createFail(config);
  const ofTrace = { high: 0, low: 0 };
  return ({ traceId, marks }, decision) => {
    decision.earlier = undefined;
    setMissing(decision);
    if (marks === undefined) return fail(decision, 'unreadable', 'none');
    if (marks.randomness !== undefined) {
      decision.randomness = marks.randomness;
      decision.policy = 'sampling_randomness';
    } else if (traceId.length > 0) {
      readTraceId(traceId, ofTrace);
      decision.randomness = ofTrace;
      decision.policy = 'trace_id_w3c';
    } else {
      decision.earlier = marks.threshold;
      return fail(decision, 'missing_randomness', 'threshold');
    }
    if (marks.threshold !== undefined && !isKept(marks.threshold, decision.randomness)) {
      return fail(decision, 'inconsistent', 'threshold');
    }
    decision.earlier = marks.threshold;
    pass(decision, decide(marks.threshold), 'threshold');
  };
}

type DecideThreshold = (earlier: Threshold | undefined) => Threshold;

/** The same share of all, whatever was sampled before. */
function createEqualizing(config: Completed): DecideThreshold {
  const own = thresholdOf(probability(config), config.sampling_precision) ?? never;
  return (earlier) => (earlier !== undefined && isBelow(own, earlier) ? earlier : own);
}

/** A share of what comes. */
function createProportional(config: Completed): DecideThreshold {
  const share = probability(config);
  const own = thresholdOf(share, config.sampling_precision) ?? never;
  // Mostly there are few thresholds, and often many items in a row have the same.
  let lastEarlier: Threshold = always;
  let last = own;
  return (earlier = always) => {
    if (earlier.high !== lastEarlier.high || earlier.low !== lastEarlier.low) {
      lastEarlier = earlier;
      last = thresholdOf(probabilityOf(earlier) * share, config.sampling_precision) ?? never;
    }
    return last;
  };
}

function probability({ sampling_percentage: percentage }: Completed): number {
  return Math.min(100, percentage) / 100;
}

function setMissing(decision: Decision): void {
  decision.randomness = highest;
  decision.policy = 'missing_randomness';
}

function pass(decision: Decision, threshold: Threshold, writes: Decision['writes']): void {
  decision.fault = undefined;
  decision.threshold = threshold;
  decision.writes = writes;
}

function createFail(
  config: Completed,
): (decision: Decision, fault: Fault, writes: Decision['writes']) => void {
  const threshold = config.fail_closed || keepsNothing(config) ? never : always;
  return (decision, fault, writes) => {
    decision.fault = fault;
    decision.threshold = threshold;
    decision.writes = writes;
  };
}
