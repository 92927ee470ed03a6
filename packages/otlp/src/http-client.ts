import { ConsumeError, type Clock } from '@tributary/component';
import type { Batch, Signal } from '@tributary/pdata';
import { TransportError, type HttpClient, type HttpResponse } from '@tributary/transport';
import { codeOfHttpStatus, codes } from './codes.js';
import type { OtlpClient } from './client.js';
import { aboutRequest } from './failure.js';
import { decodeResponse, decodeResponseJson, type PartialSuccess } from './partial-success.js';
import { parseRetryAfter } from './retry-after.js';
import { decodeStatus } from './status.js';
import { tooLargeInReply } from './too-large.js';

export interface OtlpHttpClientOptions {
  /** Reads the date form of `Retry-After`. */
  readonly clock: Clock;
  /** Where each signal goes. */
  readonly urls: Readonly<Record<Signal, string>>;
  readonly encoding: 'proto' | 'json';
}

/** A request, and when its reply came. */
interface Sent {
  readonly url: string;
  /** Before compression. */
  readonly bytes: number;
  readonly now: number;
}

/** OTLP/HTTP names these as worth sending again, and nothing else (OTLP specification, "Failures"). */
const retryableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** And with these it gives `Retry-After` a meaning. */
const hintingStatuses: ReadonlySet<number> = new Set([429, 503]);

/** An OTLP client over an HTTP client. */
export function otlpHttpClient(client: HttpClient, options: OtlpHttpClientOptions): OtlpClient {
  const { clock, urls, encoding } = options;
  const headers = { 'content-type': encoding === 'proto' ? 'application/x-protobuf' : 'application/json' };
  return {
    open: () => client.open(),
    async send(batch, { signal, timeoutMs }) {
      const url = urls[batch.signal];
      const body = bodyOf(batch, encoding);
      const reply = await client.post({ url, body, headers, signal, timeoutMs }).catch((error: unknown) => {
        throw TransportError.is(error) ? unreachable(error) : error;
      });
      if (reply.status < 200 || reply.status > 299) {
        throw failureOfReply(reply, { url, bytes: body.byteLength, now: clock.now() });
      }
      return readResponse(reply, batch.signal);
    },
    close: () => client.close(),
  };
}

function bodyOf(batch: Batch<Signal>, encoding: 'proto' | 'json'): Uint8Array {
  return encoding === 'proto' ? batch.toBytes() : Buffer.from(batch.toJson());
}

function unreachable(cause: TransportError): ConsumeError {
  return new ConsumeError('retryable', `failed to make an HTTP request: ${cause.message}`, { cause });
}

function failureOfReply(reply: HttpResponse, { url, bytes, now }: Sent): ConsumeError {
  const { status } = reply;
  const said = messageOf(reply);
  const tooLarge = aboutRequest(tooLargeInReply(status, said), bytes);
  // In words by which a server in front knows it (`isTooLarge`): RESOURCE_EXHAUSTED alone would become a
  // 429, after which clients send the same request again.
  const meaning = tooLarge === undefined ? '' : ' (request too large)';
  const message =
    `error exporting items, request to ${nameOf(url)} responded with HTTP Status Code ${status}${meaning}` +
    (said === '' ? '' : `, Message=${said}`);
  const isRetryable = tooLarge === undefined && retryableStatuses.has(status);
  return new ConsumeError(isRetryable ? 'retryable' : 'permanent', message, {
    retryAfterMs: isRetryable && hintingStatuses.has(status) ? retryAfterOf(reply, now) : undefined,
    status: { code: tooLarge === undefined ? codeOfHttpStatus(status) : codes.resourceExhausted, message },
    tooLarge,
  });
}

/** What the peer said in its `Status`, in either encoding. */
function messageOf({ body, headers }: HttpResponse): string {
  if (body.length === 0) return '';
  if (mediaType(headers) !== 'application/json') return decodeStatus(body)?.message ?? '';
  try {
    const { message } = JSON.parse(Buffer.from(body).toString()) as { message?: unknown };
    return typeof message === 'string' ? message : '';
  } catch {
    return ''; // The status code says enough.
  }
}

/** Servers that are no OTLP servers answer with pages of their own: those say nothing. */
function readResponse({ body, headers }: HttpResponse, signal: Signal): PartialSuccess | undefined {
  try {
    switch (mediaType(headers)) {
      case 'application/x-protobuf':
        return decodeResponse(body);
      case 'application/json':
        return decodeResponseJson(signal, Buffer.from(body).toString());
      default:
        return undefined;
    }
  } catch (cause) {
    throw new ConsumeError('permanent', 'the peer answered with a body that is no response of OTLP', {
      cause,
    });
  }
}

function mediaType(headers: HttpResponse['headers']): string | undefined {
  const value = headers['content-type'];
  return typeof value === 'string' ? value.split(';', 1)[0]!.trim().toLowerCase() : undefined;
}

function retryAfterOf({ headers }: HttpResponse, now: number): number | undefined {
  const value = headers['retry-after'];
  return parseRetryAfter(typeof value === 'string' ? value : value?.[0], now);
}

/** The URL without what may be secret in it. */
function nameOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
