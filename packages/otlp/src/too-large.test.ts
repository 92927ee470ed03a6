import { describe, expect, it } from 'vitest';
import { failureOf } from './failure.js';
import { tooLargeIn, tooLargeInReply } from './too-large.js';

const limit = 4_194_304;

describe('a refusal for size alone', () => {
  // Each as the library writes it.
  it.each([
    ['grpc-go', 'grpc: received message larger than max (5000000 vs. 4194304)', limit],
    [
      'grpc-go, decompressed',
      'grpc: received message after decompression larger than max (5000000 vs. 4194304)',
      limit,
    ],
    [
      'grpc-go, decompressed, newer',
      'grpc: received message after decompression larger than max 4194304',
      limit,
    ],
    ['grpc-go, older', 'grpc: message after decompression larger than max (5000000 vs. 4194304)', limit],
    ['grpc-js', 'Received message larger than max (5000000 vs 4194304)', limit],
    ['grpc-js, decompressed', 'Received message that decompresses to a size larger than 4194304', limit],
    ['the C core', 'SERVER: Received message larger than max (5000000 vs. 4194304)', limit],
    ['grpc-java', 'gRPC message exceeds maximum size 4194304: 5000000', limit],
    ['grpc-java, decompressed', 'Decompressed gRPC message exceeds maximum size 4194304', limit],
    ['grpc-dotnet', 'Received message exceeds the maximum configured message size.', undefined],
    ['connect', 'message size 5000000 is larger than configured max 4194304', limit],
    [
      'tonic, decompressed',
      'Error decompressing: size limit, of 4194304 bytes, exceeded while decompressing message',
      limit,
    ],
    ['ours', 'request too large: more than 100000 groups and records', undefined],
    [
      'behind others',
      'rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5000000 vs. 4194304)',
      limit,
    ],
  ])('is known in the words of %s', (_, message, maxBytes) => {
    expect(tooLargeIn({ code: 8, message })).toEqual({ maxBytes });
    expect(tooLargeIn({ code: 3, message })).toBeUndefined();
  });

  it('is known by OUT_OF_RANGE in the words of tonic alone', () => {
    const message =
      'Error, decoded message length too large: found 5000000 bytes, the limit is: 4194304 bytes';
    expect(tooLargeIn({ code: 11, message })).toEqual({ maxBytes: limit });
    expect(tooLargeIn({ code: 8, message })).toEqual({ maxBytes: limit });
    expect(tooLargeIn({ code: 11, message: 'offset too large' })).toBeUndefined();
  });

  it.each([
    'grpc: trying to send message larger than max (5000000 vs. 4194304)',
    'CLIENT: Sent message larger than max (5000000 vs. 4194304)',
    'Attempted to send message with a size larger than 4194304',
    'Sending message exceeds the maximum configured message size.',
    'quota of 4194304 spans is exhausted',
    '',
  ])('is not what %j says', (message) => {
    expect(tooLargeIn({ code: 8, message })).toBeUndefined();
  });

  it('is 413 by HTTP, and what the Collector or a gRPC library behind it says with another status', () => {
    expect(tooLargeInReply(413, '')).toEqual({ maxBytes: undefined });
    expect(tooLargeInReply(400, 'http: request body too large')).toEqual({ maxBytes: undefined });
    expect(tooLargeInReply(429, 'grpc: received message larger than max (5000000 vs. 4194304)')).toEqual({
      maxBytes: limit,
    });
    expect(tooLargeInReply(400, 'a timestamp is too large')).toBeUndefined();
    expect(tooLargeInReply(431, '')).toBeUndefined();
  });
});

describe('the error of a request that was too large', () => {
  const message = 'grpc: received message larger than max (5000000 vs. 4194304)';

  it('is for good, whatever the hint, and has the limit', () => {
    expect(failureOf({ code: 8, message, retryAfterMs: 10 }, { bytes: 5_000_000 })).toMatchObject({
      kind: 'permanent',
      retryAfterMs: undefined,
      status: { code: 8, message },
      tooLarge: { maxBytes: limit },
    });
  });

  it('is RESOURCE_EXHAUSTED for those in front, also where the peer said OUT_OF_RANGE', () => {
    const said = 'Error, decoded message length too large: found 9 bytes, the limit is: 4 bytes';
    expect(failureOf({ code: 11, message: said })).toMatchObject({ kind: 'permanent', status: { code: 8 } });
  });

  it('does not tell a small request to become smaller: the limit was met by something else', () => {
    expect(failureOf({ code: 8, message }, { bytes: 2_000_000 }).tooLarge).toBeUndefined();
    expect(failureOf({ code: 8, message }, { bytes: 4_194_000 }).tooLarge).toEqual({ maxBytes: limit });
  });
});
