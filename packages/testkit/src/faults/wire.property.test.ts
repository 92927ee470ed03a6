import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assertProperty } from '../../../../test/support/property.js';
import { wireOf, type Piece, type Wire } from './wire.js';

/** A side of a connection as it may come from a socket: cut anywhere. */
function chunksOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b);
  return [0, ...at]
    .map((start, n) => bytes.subarray(start, at[n] ?? bytes.length))
    .filter(({ length }) => length > 0);
}

function recognised(first: Buffer): Wire {
  const wire = wireOf(first);
  if (wire === undefined || wire instanceof Error) throw new Error('not recognised', { cause: wire });
  return wire;
}

/** What of a request the pieces have, by request and part. */
function partsOf(pieces: readonly Piece[]): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const { bytes, request, part } of pieces) {
    if (part === undefined) continue;
    const key = `${request} ${part}`;
    parts[key] = (parts[key] ?? '') + bytes.toString('latin1');
  }
  return parts;
}

const joined = (pieces: readonly Piece[]): Buffer => Buffer.concat(pieces.map(({ bytes }) => bytes));

/** Each run is dear. */
const share = 0.2;
const cuts = fc.array(fc.nat(), { maxLength: 20 });
const body = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes));

it('the requests of HTTP/1.1 are told apart, however they are cut', () => {
  assertProperty(
    fc.property(fc.array(fc.tuple(body, cuts), { minLength: 1, maxLength: 3 }), (requests) => {
      const wire = recognised(Buffer.from('POST'));
      for (const [n, [content, at]] of requests.entries()) {
        const head = `POST /v1/traces HTTP/1.1\r\nn: ${n}\r\ncontent-length: ${content.length}\r\n\r\n`;
        const said = Buffer.concat([Buffer.from(head), content]);
        const pieces = chunksOf(said, at).flatMap((chunk) => [...wire.fromClient(chunk)]);
        expect(joined(pieces)).toEqual(said);
        expect(partsOf(pieces)).toEqual({
          [`${n + 1} head`]: head,
          [`${n + 1} body`]: content.toString('latin1'),
        });
        const answer = Buffer.from('HTTP/1.1 200 OK\r\n\r\n');
        expect([...wire.fromServer(answer)]).toEqual([{ bytes: answer, request: n + 1, part: 'answer' }]);
      }
    }),
    share,
  );
});

function frame(type: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

it('the requests of HTTP/2 are told apart, however they are cut and mixed', () => {
  const [data, headers, settings, continuation] = [0, 1, 4, 9] as const;
  const stream = fc.nat(3).map((n) => 2 * n + 1);
  const frames = fc.array(
    fc.record({ type: fc.constantFrom(data, headers, settings, continuation), stream, payload: body }),
    { maxLength: 12 },
  );
  assertProperty(
    fc.property(frames, cuts, (all, at) => {
      const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      const wire = recognised(preface);
      const said = all.map(({ type, stream: id, payload }) =>
        frame(type, type === settings ? 0 : id, payload),
      );
      const expected: Record<string, string> = {};
      for (const [n, { type, stream: id, payload }] of all.entries()) {
        if (type === settings) continue;
        const [key, bytes] = type === data ? [`${id} body`, payload] : [`${id} head`, said[n]!];
        expected[key] = (expected[key] ?? '') + bytes.toString('latin1');
      }
      const bytes = Buffer.concat([preface, ...said]);
      const pieces = chunksOf(bytes, at).flatMap((chunk) => [...wire.fromClient(chunk)]);
      expect(joined(pieces)).toEqual(bytes);
      expect(partsOf(pieces)).toEqual(expected);
      // From the server there is no preface, and what is told is the answer.
      const answers = chunksOf(bytes.subarray(24), at.length > 0 && bytes.length > 24 ? at : []).flatMap(
        (chunk) => [...wire.fromServer(chunk)],
      );
      expect(joined(answers)).toEqual(bytes.subarray(24));
    }),
    share,
  );
});

it('what begins as neither is refused, and too little to tell is waited for', () => {
  expect(wireOf(Buffer.from('PR'))).toBeUndefined();
  expect(wireOf(Buffer.from([0x16, 3, 1]))).toMatchObject({
    message: expect.stringContaining('neither HTTP/1.1 nor HTTP/2'),
  });
});
