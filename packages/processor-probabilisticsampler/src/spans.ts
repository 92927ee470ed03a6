import type { ProcessorSettings, Transform } from '@tributary/component';
import type { Span } from '@tributary/pdata';
import type { Completed } from './config.js';
import { isBelow, toHex } from './consistent/bits56.js';
import { formatThreshold, isKept } from './consistent/threshold.js';
import {
  emptyTraceState,
  formatTraceState,
  parseTraceState,
  type TraceState,
} from './consistent/trace-state.js';
import { newDecision, newItem } from './decision.js';
import { spanPriority } from './priority.js';
import { createSampler } from './samplers.js';
import { createTally } from './tally.js';
import { validTraceId } from './trace-id.js';
import { warningsOf } from './warnings.js';

/** Samples spans. Their marks stand in the tracestate. */
export function createSpanSampler(settings: ProcessorSettings<Completed, 'traces'>): Transform<'traces'> {
  const { config, logger } = settings;
  const sample = createSampler(config);
  const tally = createTally(settings, 'traces');
  const item = newItem();
  const decision = newDecision();
  // The spans of a trace mostly have the same.
  let lastText = '';
  let last: TraceState | undefined = emptyTraceState;

  function keep(span: Span): boolean {
    const text = span.traceState;
    if (text !== lastText) {
      lastText = text;
      last = parseTraceState(text);
    }
    item.traceId = item.key = validTraceId(span.traceIdBytes);
    item.marks = last;
    sample(item, decision);
    const priority = spanPriority(span.attributes.get('sampling.priority'));
    if (priority !== undefined) {
      decision.threshold = priority;
      decision.policy = 'sampling_priority';
    }
    const kept = isKept(decision.threshold, decision.randomness);
    if (kept && last !== undefined && decision.writes !== 'none') mark(span, text, last);
    tally.add(decision, kept);
    return kept;
  }

  function mark(span: Span, text: string, state: TraceState): void {
    const { earlier, threshold, randomness, writes } = decision;
    // A threshold never falls: the item would stand for fewer than it does.
    const th = earlier !== undefined && isBelow(threshold, earlier) ? state.th : formatThreshold(threshold);
    const marked = formatTraceState(state, writes === 'both' ? toHex(randomness) : state.rv, th);
    if (marked !== text) span.traceState = marked;
  }

  return {
    start() {
      for (const warning of warningsOf(config, 'traces')) logger.warn(warning);
    },
    process(traces) {
      traces.filter(keep);
      tally.tell();
    },
  };
}
