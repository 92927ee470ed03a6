import { ConsumeError } from '@tributary/component';
import { MalformedTelemetryError, Traces } from '@tributary/pdata';
import { describe, expect, it } from 'vitest';
import { answerTo, statusOfUnreadable } from './answer.js';
import { codeOfHttpStatus, httpStatusOf } from './codes.js';
import { failureOf } from './failure.js';

function traces(spans: number): Traces {
  const batch = Traces.create();
  const scope = batch.addResourceSpans().addScope();
  for (let i = 0; i < spans; i++) scope.add({ name: 'a' });
  return batch;
}

describe('the answer to an error of the pipeline', () => {
  it.each([
    ['refused', undefined, 14],
    ['retryable', undefined, 14],
    // What clients send again after keeps its code.
    ['retryable', 1, 1],
    ['retryable', 4, 4],
    ['retryable', 8, 8],
    ['retryable', 10, 10],
    ['retryable', 15, 15],
    // What they would not send again after does not.
    ['retryable', 3, 14],
    ['retryable', 13, 14],
    ['permanent', undefined, 13],
    ['permanent', 3, 3],
    ['permanent', 7, 7],
    ['permanent', 8, 8],
    ['permanent', 16, 16],
    // A code after which clients send again would make them do so for ever.
    ['permanent', 14, 13],
    ['permanent', 4, 13],
  ] as const)('%s with code %s from below is code %d', (kind, below, code) => {
    const status = below === undefined ? undefined : { code: below, message: 'below' };
    const answer = answerTo(new ConsumeError(kind, 'no', { status }), 3);
    expect(answer).toMatchObject({ kind: 'failed', status: { code, message: 'no' } });
  });

  it('carries the hint from below, or a second', () => {
    const after = (kind: 'refused' | 'retryable' | 'permanent', retryAfterMs?: number): unknown => {
      const answer = answerTo(new ConsumeError(kind, 'no', { retryAfterMs }), 3);
      return answer.kind === 'failed' && answer.status.retryAfterMs;
    };
    expect(after('refused', 400)).toBe(400);
    expect(after('retryable')).toBe(1000);
    expect(after('permanent', 400)).toBeUndefined();
  });

  it('is partial success for a part that failed for good', () => {
    const error = new ConsumeError('permanent', 'too old', { rejected: traces(2) });
    expect(answerTo(error, 3)).toEqual({ kind: 'partial', partial: { rejected: 2, message: 'too old' } });
    expect(answerTo(error, 2)).toMatchObject({ kind: 'failed', status: { code: 13 } });
  });

  it.each([
    ['no', undefined, 'request too large: no'],
    ['no', 4096, 'request too large: message larger than max 4096: no'],
    ['request body too large', 9, 'request too large: message larger than max 9: request body too large'],
    // What says it already stays as it is, with the limit that stands in it.
    ['request body too large', undefined, 'request body too large'],
    ['received message larger than max (9 vs. 5)', 5, 'received message larger than max (9 vs. 5)'],
  ])('is RESOURCE_EXHAUSTED without a hint where only the size was wrong: %s', (text, maxBytes, message) => {
    const below = { code: 13, message: text };
    const error = new ConsumeError('permanent', text, { tooLarge: { maxBytes }, status: below });
    const answer = answerTo(error, 3);
    expect(answer).toEqual({ kind: 'failed', status: { code: 8, message } });
    // Another of us in front understands it.
    expect(failureOf({ code: 8, message })).toMatchObject({ kind: 'permanent', tooLarge: { maxBytes } });
  });

  it('leaves a fault of ours to the server, which logs it and tells nobody what it was', () => {
    const fault = new TypeError('secret');
    expect(() => answerTo(fault, 1)).toThrow(fault);
    expect(() => statusOfUnreadable(fault)).toThrow(fault);
  });
});

it('says of a request that cannot be read that it is malformed, or too large', () => {
  const malformed = new MalformedTelemetryError('truncated', 'ends early', { offset: 7, field: 'a' });
  expect(statusOfUnreadable(malformed)).toEqual({ code: 3, message: 'a: ends early (byte 7)' });
  expect(statusOfUnreadable(new MalformedTelemetryError('too_many_items', 'holds 9'))).toMatchObject({
    code: 8,
  });
});

it('maps the codes both ways by the table of OTLP', () => {
  const http = [1, 2, 3, 4, 5, 7, 8, 10, 11, 12, 13, 14, 15, 16].map((code) => [code, httpStatusOf(code)]);
  expect(http).toEqual([
    [1, 503],
    [2, 500],
    [3, 400],
    [4, 503],
    [5, 500],
    [7, 403],
    [8, 429],
    [10, 503],
    [11, 503],
    [12, 404],
    [13, 500],
    [14, 503],
    [15, 503],
    [16, 401],
  ]);
  const grpc = [400, 401, 403, 404, 408, 413, 418, 429, 500, 502, 503, 504].map((status) => [
    status,
    codeOfHttpStatus(status),
  ]);
  expect(grpc).toEqual([
    [400, 3],
    [401, 16],
    [403, 7],
    [404, 12],
    [408, 2],
    [413, 8],
    [418, 2],
    [429, 8],
    [500, 2],
    [502, 14],
    [503, 14],
    [504, 14],
  ]);
});

describe('the error of a request that a peer answered with a status', () => {
  it('keeps status and hint, and is permanent where sending again is not worth it', () => {
    expect(failureOf({ code: 14, message: 'busy', retryAfterMs: 250 })).toMatchObject({
      kind: 'retryable',
      retryAfterMs: 250,
      status: { code: 14, message: 'busy' },
    });
    expect(failureOf({ code: 3, message: 'bad', retryAfterMs: 250 })).toMatchObject({
      kind: 'permanent',
      retryAfterMs: undefined,
      status: { code: 3, message: 'bad' },
    });
  });
});
