import { describe, expect, it } from 'vitest';
import * as oracle from '../test/oracle.js';
import { decodeResponse, decodeResponseJson, encodeResponse, encodeResponseJson } from './partial-success.js';

const partial = { rejected: 3, message: 'three were too old' };

describe('a response in protobuf', () => {
  it('is an empty partial success where all was taken, as the Collector answers', () => {
    expect([...encodeResponse(undefined)]).toEqual([10, 0]);
    expect(decodeResponse(encodeResponse(undefined))).toBeUndefined();
    expect(decodeResponse(new Uint8Array())).toBeUndefined();
  });

  it.each([
    ['trace', 'ExportTraceServiceResponse', 'rejectedSpans'],
    ['metrics', 'ExportMetricsServiceResponse', 'rejectedDataPoints'],
    ['logs', 'ExportLogsServiceResponse', 'rejectedLogRecords'],
  ])('of %s is what the published schema says', (name, message, rejected) => {
    const type = `opentelemetry.proto.collector.${name}.v1.${message}`;
    const fields = { partialSuccess: { [rejected]: 3, errorMessage: partial.message } };
    expect(oracle.decode(type, encodeResponse(partial))).toEqual(fields);
    expect(decodeResponse(oracle.encode(type, fields))).toEqual(partial);
  });

  it('is refused where it is none', () => {
    expect(() => decodeResponse(Buffer.from('<html>'))).toThrow('invalid wire type');
  });
});

describe('a response in JSON', () => {
  it.each([
    ['traces', 'rejectedSpans'],
    ['metrics', 'rejectedDataPoints'],
    ['logs', 'rejectedLogRecords'],
    ['profiles', 'rejectedProfiles'],
  ] as const)('of %s counts %s', (signal, key) => {
    const text = encodeResponseJson(signal, partial);
    expect(JSON.parse(text)).toEqual({ partialSuccess: { [key]: '3', errorMessage: partial.message } });
    expect(decodeResponseJson(signal, text)).toEqual(partial);
  });

  it.each(['', '{}', 'null', '{"partialSuccess":{}}', '{"partialSuccess":null}'])(
    'says nothing in %j',
    (text) => {
      expect(decodeResponseJson('traces', text)).toBeUndefined();
    },
  );

  it.each([
    ['<html>', SyntaxError],
    ['{"partialSuccess":{"rejectedSpans":"many"}}', TypeError],
    ['{"partialSuccess":{"errorMessage":5}}', TypeError],
  ])('is refused where it is none: %j', (text, error) => {
    expect(() => decodeResponseJson('traces', text)).toThrow(error);
  });
});
