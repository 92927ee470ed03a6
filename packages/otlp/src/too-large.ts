/**
 * The words in which peers say that a request is larger than they take. OTLP has no
 * field for it, so only the text tells this apart from a quota, and only it has the limit.
 */
import type { TooLarge } from '@tributary/component';
import { codes } from './codes.js';

/** tonic says it with OUT_OF_RANGE, after which clients of OTLP would send the same request again. */
const tonic = /decoded message length too large: found \d+ bytes, the limit is: (\d+) bytes/i;

/** Each with the limit as its group, where the text has it. A peer that could not send its own answer says other words. */
const spellings: readonly RegExp[] = [
  tonic,
  // grpc-go, the C core and what is built on it, grpc-js: "(5000000 vs. 4194304)", or the limit alone.
  /(?<!\bsen[dt] )message (?:after decompression )?larger than max(?: \(\d+ vs\.?)? ?(\d+)?/i,
  // grpc-js, of a compressed message.
  /received message that decompresses to a size larger than (\d+)/i,
  // grpc-java.
  /gRPC message exceeds maximum size (\d+)/i,
  // grpc-dotnet.
  /received message exceeds the maximum configured message size/i,
  // connect.
  /message (?:size \d+ )?is larger than configured \w+ (\d+)/i,
  // tonic, of a compressed message.
  /size limit, of (\d+) bytes, exceeded while decompressing/i,
];

/** HTTP servers, ours among them, which count other bytes. */
const inGeneral = /too large/i;

/** The Collector answers a body that is too large with 400, in these words of Go's. */
const goBody = /request body too large/i;

const unknownLimit: TooLarge = { maxBytes: undefined };

/** The limit that a refusal for size alone names; `undefined` where it is about anything else. */
export function tooLargeIn({ code, message }: { code: number; message: string }): TooLarge | undefined {
  if (code === codes.outOfRange) return limitIn(tonic.exec(message));
  if (code !== codes.resourceExhausted) return undefined;
  return limitOf(message) ?? (inGeneral.test(message) ? unknownLimit : undefined);
}

/** The same of an HTTP status and what was said with it: by who is behind the server, too. */
export function tooLargeInReply(status: number, message: string): TooLarge | undefined {
  const limit = limitOf(message);
  if (limit !== undefined) return limit;
  return status === 413 || (status === 400 && goBody.test(message)) ? unknownLimit : undefined;
}

function limitOf(message: string): TooLarge | undefined {
  for (const spelling of spellings) {
    const found = spelling.exec(message);
    if (found !== null) return limitIn(found);
  }
  return undefined;
}

function limitIn(found: RegExpExecArray | null): TooLarge | undefined {
  if (found === null) return undefined;
  const limit = Number(found[1]);
  return limit > 0 ? { maxBytes: limit } : unknownLimit;
}
