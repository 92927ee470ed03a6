import type { AttributeValue, ProcessorSettings, Transform } from '@tributary/component';
import type { Attributes, LogRecord } from '@tributary/pdata';
import type { Completed } from './config.js';
import { isBelow, toHex } from './consistent/bits56.js';
import type { Marks } from './consistent/marks.js';
import { highest, parseRandomness } from './consistent/randomness.js';
import { formatThreshold, isKept, parseThreshold } from './consistent/threshold.js';
import { newDecision, newItem } from './decision.js';
import { recordPriority } from './priority.js';
import { createSampler } from './samplers.js';
import { createTally } from './tally.js';
import { validTraceId } from './trace-id.js';
import { bytesOf } from './value-bytes.js';
import { warningsOf } from './warnings.js';

const thresholdKey = 'sampling.threshold';
const randomnessKey = 'sampling.randomness';
const noBytes = new Uint8Array(0);
const noMarks: Marks = { randomness: undefined, threshold: undefined };

/** Samples log records. Their marks stand in two attributes. */
export function createRecordSampler(settings: ProcessorSettings<Completed, 'logs'>): Transform<'logs'> {
  const { config, logger } = settings;
  const { from_attribute: source, sampling_priority: priorityKey, sampling_precision: precision } = config;
  const sample = createSampler(config);
  const tally = createTally(settings, 'logs');
  const item = newItem();
  const decision = newDecision();

  function keep(record: LogRecord): boolean {
    const { attributes } = record;
    item.traceId = validTraceId(record.traceIdBytes);
    item.marks = marksOf(attributes);
    if (config.mode === 'hash_seed') setKey(attributes);
    sample(item, decision);
    const priority = priorityKey === '' ? undefined : recordPriority(attributes.get(priorityKey), precision);
    if (priority !== undefined) {
      decision.threshold = priority;
      decision.policy = 'sampling_priority';
    }
    const kept = isKept(decision.threshold, decision.randomness);
    if (kept && decision.writes !== 'none') mark(attributes);
    tally.add(decision, kept);
    return kept;
  }

  function setKey(attributes: Attributes): void {
    if (config.attribute_source === 'traceID' && item.traceId.length > 0) {
      item.key = item.traceId;
      item.keyPolicy = 'trace_id_hash';
    } else {
      item.key = source === '' ? noBytes : bytesOf(attributes.get(source));
      item.keyPolicy = source;
    }
  }

  function mark(attributes: Attributes): void {
    const { earlier, threshold, randomness, writes } = decision;
    if (writes === 'both' && randomness !== highest) attributes.set(randomnessKey, toHex(randomness));
    // A threshold never falls: the item would stand for fewer than it does.
    if (earlier !== undefined && isBelow(threshold, earlier)) return;
    attributes.set(thresholdKey, formatThreshold(threshold));
  }

  return {
    start() {
      for (const warning of warningsOf(config, 'logs')) logger.warn(warning);
    },
    process(logs) {
      logs.filter(keep);
      tally.tell();
    },
  };
}

/** `undefined` where they cannot be read. Only texts are marks. */
function marksOf(attributes: Attributes): Marks | undefined {
  const th = textOf(attributes.get(thresholdKey));
  const rv = textOf(attributes.get(randomnessKey));
  if (th === '' && rv === '') return noMarks;
  const threshold = parseThreshold(th);
  const randomness = parseRandomness(rv);
  const isReadable = (th === '') === (threshold === undefined) && (rv === '') === (randomness === undefined);
  return isReadable ? { threshold, randomness } : undefined;
}

function textOf(value: AttributeValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
