import type { AttributeValue } from '@tributary/component';
import { always, never, thresholdOf, type Threshold } from './consistent/threshold.js';

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What `sampling.priority` of a span asks for: above 0 it is kept, at 0 it is not. */
export function spanPriority(value: AttributeValue | undefined): Threshold | undefined {
  const priority = typeof value === 'string' ? parseNumber(value) : numberOf(value);
  if (priority === undefined || !(priority >= 0)) return undefined;
  return priority === 0 ? never : always;
}

/** What the attribute of a log record asks for: a percentage, above 0 and up to 100. */
export function recordPriority(value: AttributeValue | undefined, precision: number): Threshold | undefined {
  const percentage = numberOf(value);
  return percentage === undefined ? undefined : thresholdOf(percentage / 100, precision);
}

function numberOf(value: AttributeValue | undefined): number | undefined {
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
}

/** As the Collector does: what is too large for a number is none. */
function parseNumber(text: string): number | undefined {
  if (/^[+]?inf(?:inity)?$/i.test(text)) return Infinity;
  const value = numberPattern.test(text) ? Number(text) : Infinity;
  return Number.isFinite(value) ? value : undefined;
}
