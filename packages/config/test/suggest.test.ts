import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hintOf, homeOf } from '../src/suggest.js';

describe('a name that there is not', () => {
  it.each([
    ['endpont', 'did you mean endpoint?'],
    ['gprc', 'did you mean grpc?'],
    ['retry', 'did you mean retry_on_failure?'],
    ['tls_settings', 'did you mean tls?'],
    ['colour', 'known are endpoint, grpc, retry_on_failure, tls'],
  ])('%s: %s', (name, hint) => {
    expect(hintOf(name, ['endpoint', 'grpc', 'retry_on_failure', 'tls'])).toBe(hint);
  });

  it('gets no list that nobody would read', () => {
    const names = Array.from({ length: 20 }, (_, index) => `name_${index}`);
    expect(hintOf('colour', names)).toBeUndefined();
    expect(hintOf('colour', [])).toBeUndefined();
  });
});

describe('a key in the wrong section', () => {
  const server = z.strictObject({
    endpoint: z.string(),
    tls: z.strictObject({ ca_file: z.string() }).optional(),
  });
  const schema = z.strictObject({
    protocols: z.strictObject({
      grpc: server.optional(),
      http: server.extend({ path: z.string() }).optional(),
    }),
    queue: z.strictObject({ size: z.number() }).prefault({ size: 1 }),
    refused: z.strictObject({ gone: z.undefined().optional() }).optional(),
  });

  it.each<[string, string[], string | undefined]>([
    ['size', [], 'into queue'],
    ['endpoint', [], 'into protocols.grpc'],
    ['endpoint', ['protocols', 'http', 'tls'], 'into protocols.http'],
    ['path', ['protocols', 'grpc'], 'into protocols.http'],
    ['queue', ['protocols'], 'one level further out'],
    ['queue', ['protocols', 'grpc'], 'out to the top'],
    ['gone', [], undefined],
    ['nowhere', [], undefined],
  ])('%s at %j belongs %s', (key, above, home) => {
    expect(homeOf(key, above, schema)).toBe(home);
  });
});
