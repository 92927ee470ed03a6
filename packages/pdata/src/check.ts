import { constants } from 'node:buffer';
import { begin, beyond, finish } from './check-fields.js';
import { MalformedTelemetryError } from './errors.js';
import { isClean, setRoom } from './generated/check.js';
import { signalPaths } from './messages.js';
import { rewriteRequest } from './rewrite.js';
import type { Signal } from './telemetry.js';
import { asBuffer } from './wire.js';

/** How untrusted telemetry is let in. */
export interface FromOptions {
  /**
   * Puts U+FFFD in the place of bytes that are not UTF-8, so that no strict
   * backend refuses the batch. Default `true`; `false` passes text on unread.
   */
  readonly repairUtf8?: boolean | undefined;
  /** Told once a request how many fields of text were repaired, if any were. */
  readonly onRepair?: ((fields: number) => void) | undefined;
  /**
   * Most groups and records (resources, scopes, metrics, spans, points, samples)
   * that a request may hold: a small body can hold millions of empty ones. Above
   * it, code `too_many_items`. Default: no limit.
   */
  readonly maxItems?: number | undefined;
}

/**
 * Checks an export request whole. On the bytes that it returns no view, edit,
 * count, cut or `toObject` can throw or read out of bounds, and none can miss
 * anything: each singular field is there once, each tag and length is written
 * in its shortest form. They are the given bytes, not copied, where nothing had
 * to be changed for that.
 *
 * What protobuf allows and is refused here: a known field with the wrong wire
 * type (decoders disagree: a field to be skipped for some, misread by others),
 * groups (no version of OTLP had any), IDs of the wrong length, varints beyond
 * 64 bits, and nesting below `maxDepth`.
 *
 * @throws {MalformedTelemetryError} with the offset and the name of the field
 */
export function checkRequest(signal: Signal, bytes: Uint8Array, options: FromOptions = {}): Buffer {
  const { repairUtf8 = true, onRepair, maxItems = beyond } = options;
  const { request } = signalPaths[signal];
  const buffer = asBuffer(bytes);
  // A text in it might be one that no string can hold.
  if (buffer.length > constants.MAX_STRING_LENGTH) {
    throw new MalformedTelemetryError(
      'too_large',
      `must not be longer than ${constants.MAX_STRING_LENGTH} bytes, got ${buffer.length}`,
    );
  }
  begin(buffer, repairUtf8);
  setRoom(Math.min(maxItems, beyond));
  try {
    if (isClean[request]!(buffer, 0, buffer.length)) return buffer;
    return rewriteRequest(request, buffer, maxItems, onRepair);
  } finally {
    finish();
  }
}
