import { constants, isUtf8 } from 'node:buffer';
import { checkRequest, type FromOptions } from './check.js';
import { Chunk } from './edit.js';
import { MalformedTelemetryError } from './errors.js';
import { readJson } from './json-read.js';
import { signalPaths } from './messages.js';
import type { Signal } from './telemetry.js';
import { asBuffer } from './wire.js';

/** The chunks of a batch over untrusted bytes. @throws MalformedTelemetryError */
export function openBytes(signal: Signal, bytes: Uint8Array, options?: FromOptions): Chunk[] {
  return chunksOf(checkRequest(signal, bytes, options));
}

/** The chunks of a batch over untrusted OTLP/JSON. @throws MalformedTelemetryError */
export function openJson(signal: Signal, json: string | Uint8Array, options: FromOptions = {}): Chunk[] {
  const text = typeof json === 'string' ? json : decodeText(asBuffer(json), options);
  // What `readJson` writes keeps the promises of `checkRequest` (json.property.test.ts).
  return chunksOf(readJson(signalPaths[signal].request, text, options.maxItems));
}

function chunksOf(bytes: Buffer): Chunk[] {
  return bytes.length === 0 ? [] : [new Chunk(bytes)];
}

/** Bytes that are not UTF-8 become U+FFFD, asked for or not: a string can hold nothing else. */
function decodeText(bytes: Buffer, { onRepair }: FromOptions): string {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    throw new MalformedTelemetryError(
      'too_large',
      `must not be longer than a string, got ${bytes.length} bytes`,
      {
        path: '$',
      },
    );
  }
  if (onRepair !== undefined && !isUtf8(bytes)) onRepair(1);
  return bytes.toString('utf8');
}
