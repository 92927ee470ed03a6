import type { Signal } from '@tributary/component';
import { decodeMessage, encodeMessage } from './messages.js';

/** What a server took in part, or had to say about what it took. */
export interface PartialSuccess {
  /** Items that it will never take. */
  readonly rejected: number;
  readonly message: string;
}

/** An `Export…ServiceResponse` that says nothing: an empty partial success, as the Collector sends it. */
const plainResponse = Uint8Array.of(10, 0);
const plainJson = '{"partialSuccess":{}}';

const rejectedKeys: Readonly<Record<Signal, string>> = {
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
  profiles: 'rejectedProfiles',
};

export function encodeResponse(partial: PartialSuccess | undefined): Uint8Array {
  if (partial === undefined) return plainResponse;
  const { rejected, message: errorMessage } = partial;
  return encodeMessage('ExportResponse', { partialSuccess: { rejected, errorMessage } });
}

export function encodeResponseJson(signal: Signal, partial: PartialSuccess | undefined): string {
  if (partial === undefined) return plainJson;
  const { rejected, message: errorMessage } = partial;
  return JSON.stringify({ partialSuccess: { [rejectedKeys[signal]]: String(rejected), errorMessage } });
}

/** What a response says beside success; `undefined` where it says nothing. @throws where the bytes are no response */
export function decodeResponse(bytes: Uint8Array): PartialSuccess | undefined {
  if (bytes.length <= plainResponse.length) return undefined;
  const { partialSuccess = {} } = decodeMessage<{
    readonly partialSuccess?: { readonly rejected?: number; readonly errorMessage?: string };
  }>('ExportResponse', bytes);
  return unlessEmpty(partialSuccess.rejected ?? 0, partialSuccess.errorMessage ?? '');
}

/** The same of a response in JSON. @throws where the text is no response */
export function decodeResponseJson(signal: Signal, text: string): PartialSuccess | undefined {
  if (text.trim() === '') return undefined;
  const { partialSuccess } = JSON.parse(text) as { partialSuccess?: Readonly<Record<string, unknown>> };
  const rejected = Number(partialSuccess?.[rejectedKeys[signal]] ?? 0);
  const message = partialSuccess?.['errorMessage'] ?? '';
  if (!Number.isFinite(rejected) || typeof message !== 'string')
    throw new TypeError('not a response of OTLP');
  return unlessEmpty(rejected, message);
}

function unlessEmpty(rejected: number, message: string): PartialSuccess | undefined {
  return rejected === 0 && message === '' ? undefined : { rejected, message };
}
