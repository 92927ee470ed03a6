import type { Signal } from '@tributary/component';
import { eachField, message as encode } from './messages.js';

/** What a server did not take of a request, or had to say about it. */
export interface PartialSuccess {
  /** Items that it will never take; 0 where it only warns. */
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

/** An `Export…ServiceResponse`, which looks the same for every signal. */
export function encodeResponse(partial: PartialSuccess | undefined): Uint8Array {
  if (partial === undefined) return plainResponse;
  const { rejected, message } = partial;
  const body = encode((writer) => writer.uint32(8).int64(rejected).uint32(18).string(message));
  return encode((writer) => writer.uint32(10).bytes(body));
}

export function encodeResponseJson(signal: Signal, partial: PartialSuccess | undefined): string {
  if (partial === undefined) return plainJson;
  const { rejected, message: errorMessage } = partial;
  return JSON.stringify({ partialSuccess: { [rejectedKeys[signal]]: String(rejected), errorMessage } });
}

/** What a response says beside success; `undefined` where it says nothing. @throws where the bytes are no response */
export function decodeResponse(bytes: Uint8Array): PartialSuccess | undefined {
  let rejected = 0;
  let message = '';
  eachField(bytes, (tag, reader) => {
    if (tag !== 10) return false;
    eachField(reader.bytes(), (inner, partial) => {
      if (inner === 8) rejected = Number(partial.int64());
      else if (inner === 18) message = partial.string();
      else return false;
      return true;
    });
    return true;
  });
  return unlessEmpty(rejected, message);
}

/** The same of a response in JSON. @throws where the text is no response */
export function decodeResponseJson(signal: Signal, text: string): PartialSuccess | undefined {
  if (text.trim() === '') return undefined;
  const response = JSON.parse(text) as {
    readonly partialSuccess?: Readonly<Record<string, unknown>> | null;
  } | null;
  const rejected = Number(response?.partialSuccess?.[rejectedKeys[signal]] ?? 0);
  const message = response?.partialSuccess?.['errorMessage'] ?? '';
  if (!Number.isFinite(rejected) || typeof message !== 'string') {
    throw new TypeError('not a response of OTLP');
  }
  return unlessEmpty(rejected, message);
}

function unlessEmpty(rejected: number, message: string): PartialSuccess | undefined {
  return rejected === 0 && message === '' ? undefined : { rejected, message };
}
