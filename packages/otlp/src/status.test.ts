import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { decodeStatus, encodeStatus, isRetryable, isTooLarge } from './status.js';

/** The messages as Google publishes them, read by a library's own compiler. */
const { root } = protobuf.parse(`syntax = "proto3"; package google.rpc;
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message Any { string type_url = 1; bytes value = 2; }
  message RetryInfo { Duration retry_delay = 1; }
  message Duration { int64 seconds = 1; int32 nanos = 2; }`);
const published = (name: string): protobuf.Type => root.lookupType(`google.rpc.${name}`);

function bytesOf(name: string, fields: object): Uint8Array {
  const type = published(name);
  return type.encode(type.fromObject(fields)).finish();
}

function detail(name: string, fields: object): object {
  return { typeUrl: `type.googleapis.com/google.rpc.${name}`, value: bytesOf('RetryInfo', fields) };
}

describe('a status', () => {
  it.each([
    [{ code: 14, message: 'no' }, undefined],
    [
      { code: 8, message: 'Grüße', retryAfterMs: 1500 },
      { seconds: 1, nanos: 500_000_000 },
    ],
    [{ code: 14, message: '', retryAfterMs: 0.4 }, { nanos: 400_000 }],
  ])('is written as protobuf has it: %o', (status, delay) => {
    const read = published('Status').decode(encodeStatus(status)) as unknown as {
      code: number;
      message: string;
      details: { typeUrl: string; value: Uint8Array }[];
    };
    expect([read.code, read.message]).toEqual([status.code, status.message]);
    const delays = read.details.map(({ value }) =>
      published('RetryInfo').toObject(published('RetryInfo').decode(value), { longs: Number }),
    );
    expect(delays).toEqual(delay === undefined ? [] : [{ retryDelay: delay }]);
  });

  it.each([
    [[], undefined],
    [[detail('RetryInfo', { retryDelay: { seconds: 2, nanos: 500_000_000 } })], 2500],
    [[detail('DebugInfo', {}), detail('RetryInfo', { retryDelay: { seconds: 1 } })], 1000],
    [[detail('RetryInfo', {})], 0],
    [[detail('RetryInfo', { retryDelay: { seconds: -5 } })], 0],
  ])('is read with the delay of its RetryInfo', (details, retryAfterMs) => {
    const bytes = bytesOf('Status', { code: 14, message: 'busy', details });
    expect(decodeStatus(bytes)).toEqual({ code: 14, message: 'busy', retryAfterMs });
  });

  it('is nothing where the bytes are none', () => {
    expect(decodeStatus(Uint8Array.of(0x0a))).toBeUndefined();
    expect(decodeStatus(Buffer.from('<html>'))).toBeUndefined();
  });
});

describe('sending again', () => {
  it.each([1, 4, 10, 11, 14, 15])('is worth it after code %d', (code) => {
    expect(isRetryable({ code, message: '' })).toBe(true);
  });

  it.each([2, 3, 5, 6, 7, 9, 12, 13, 16])('is not after code %d', (code) => {
    expect(isRetryable({ code, message: '', retryAfterMs: 10 })).toBe(false);
  });

  it('is worth it after RESOURCE_EXHAUSTED if the server says when, and if it is not about the size', () => {
    expect(isRetryable({ code: 8, message: 'quota' })).toBe(false);
    expect(isRetryable({ code: 8, message: 'quota', retryAfterMs: 0 })).toBe(true);
    const message = 'grpc: received message larger than max (5000000 vs. 4194304)';
    expect(isTooLarge({ code: 8, message })).toBe(true);
    expect(isRetryable({ code: 8, message, retryAfterMs: 10 })).toBe(false);
    expect(isTooLarge({ code: 3, message })).toBe(false);
  });
});
