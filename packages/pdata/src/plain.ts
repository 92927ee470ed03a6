import { writeJson } from './json-write.js';
import type { MessageName } from './messages.js';

/**
 * A plain copy of a message in the shape of OTLP/JSON: 64-bit integers as decimal
 * strings, IDs in hexadecimal, bytes in base64, enums as numbers, `"NaN"` and
 * `"Infinity"` as strings.
 */
export function toObject(name: MessageName, bytes: Buffer): Readonly<Record<string, unknown>> {
  // Through the text, so that there is one rendering and the two cannot disagree.
  return JSON.parse(writeJson(name, bytes)) as Record<string, unknown>;
}
