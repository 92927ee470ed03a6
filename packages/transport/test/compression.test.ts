import { randomBytes } from 'node:crypto';
import { deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BodyBuffer } from '../src/body-buffer.js';
import { compress, compressionProblem } from '../src/compression.js';
import { decompress } from '../src/decompression.js';
import { ownBytes } from '../src/own-bytes.js';

const limit = 1 << 20;

describe('packing', () => {
  it.each([
    ['gzip', gunzipSync],
    ['zlib', inflateSync],
    ['deflate', inflateSync],
  ] as const)('makes %s of small and of large bodies', async (compression, unpack) => {
    for (const size of [1 << 10, 16 << 10, 900_000]) {
      const body = Buffer.alloc(size, 'telemetry ');
      const packed = await compress(compression, body);
      expect(packed.byteLength).toBeLessThan(size / 10);
      expect(unpack(packed).equals(body)).toBe(true);
    }
  });

  it.each([8000, 300_000])('obeys the level (%i bytes)', async (size) => {
    const body = Buffer.from(
      Array.from({ length: size / 8 }, (_, n) => String(n * 7919).padStart(8)).join(''),
    );
    const [fast, small] = [await compress('gzip', body, 1), await compress('gzip', body, 9)];
    expect(small.byteLength).toBeLessThan(fast.byteLength);
  });

  it.skipIf(compressionProblem('zstd') !== undefined)('makes zstd where Node can', async () => {
    for (const size of [1 << 10, 16 << 10, 900_000]) {
      const body = Buffer.alloc(size, 'telemetry ');
      const packed = (await compress('zstd', body, 3)) as Buffer;
      expect(packed.byteLength).toBeLessThan(size / 10);
      expect(Buffer.from((await decompress(packed, 'zstd', limit)) as Uint8Array).equals(body)).toBe(true);
    }
  });

  it.skipIf(compressionProblem('zstd') === undefined)('says which Node it needs where it cannot', () => {
    const problem = 'compression "zstd" needs Node 22.15 or newer to send, this is ';
    expect(compressionProblem('zstd')).toBe(problem + process.versions.node);
    expect(() => compress('zstd', Buffer.alloc(10))).toThrow(problem);
    expect(compressionProblem('gzip')).toBeUndefined();
  });
});

describe('unpacking', () => {
  it.each([
    ['gzip', gzipSync],
    ['zlib', deflateSync],
    ['deflate', deflateSync],
  ] as const)('stops %s at its limit and not before', async (encoding, pack) => {
    for (const size of [0, 100, limit]) {
      const outcome = await decompress(pack(Buffer.alloc(size, 'x')), encoding, limit);
      expect(outcome).toBeInstanceOf(Uint8Array);
      expect((outcome as Uint8Array).byteLength).toBe(size);
    }
    const over = [pack(Buffer.alloc(limit + 1)), pack(randomBytes(limit + 1))];
    for (const body of over) expect(await decompress(body, encoding, limit)).toMatchObject({ status: 413 });
  });

  it('gives memory of its own', async () => {
    for (const size of [10, 10_000, 400_000]) {
      const outcome = (await decompress(gzipSync(Buffer.alloc(size)), 'gzip', limit)) as Uint8Array;
      expect(outcome.buffer.byteLength).toBeLessThan(size * 1.2 + 100);
    }
  });
});

describe('snappy', () => {
  const content = Buffer.from('telemetry '.repeat(20_000));

  it('of either format comes by the one name, frames alone by the other', async () => {
    const [block, frames] = [
      Buffer.from(await compress('snappy', content)),
      Buffer.from(await compress('x-snappy-framed', content)),
    ];
    expect(block.equals(frames)).toBe(false);
    for (const [body, encoding] of [
      [block, 'snappy'],
      [frames, 'snappy'],
      [frames, 'x-snappy-framed'],
    ] as const) {
      expect(content.equals((await decompress(body, encoding, limit)) as Uint8Array)).toBe(true);
    }
    expect(await decompress(block, 'x-snappy-framed', limit)).toEqual({
      status: 400,
      message: 'snappy: corrupt input',
    });
  });

  it('stops at its limit and not before', async () => {
    for (const compression of ['snappy', 'x-snappy-framed'] as const) {
      const body = Buffer.from(await compress(compression, content));
      expect(await decompress(body, compression, content.length)).toBeInstanceOf(Uint8Array);
      expect(await decompress(body, compression, content.length - 1)).toMatchObject({ status: 413 });
    }
  });

  it('allocates nothing on the word of a body that cannot keep it', async () => {
    const before = process.memoryUsage().arrayBuffers;
    // Four gigabytes, says the block; its two bytes stand for 64 at most.
    const block = Buffer.from('ffffffff0ffe0100', 'hex');
    expect(await decompress(block, 'snappy', 2 ** 32)).toMatchObject({ status: 400 });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });
});

/** Frames of zstd, written by hand (RFC 8878, section 3.1.1). */
const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const window8MiB = (23 - 10) << 3;
const window128KiB = (17 - 10) << 3;

function zstdBlock(type: 'raw' | 'repeat', size: number, content: Buffer, isLast = false): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((size << 3) | ((type === 'raw' ? 0 : 1) << 1) | (isLast ? 1 : 0), 0, 3);
  return Buffer.concat([header, content]);
}

function frameOfUnknownSize(window: number, ...blocks: Buffer[]): Buffer {
  return Buffer.concat([magic, Buffer.from([0, window]), ...blocks]);
}

function frameOfSize(size: number, ...blocks: Buffer[]): Buffer {
  const header = Buffer.alloc(5);
  header[0] = 0b1010_0000;
  header.writeUInt32LE(size, 1);
  return Buffer.concat([magic, header, ...blocks]);
}

const end = zstdBlock('raw', 0, Buffer.alloc(0), true);

describe('zstd', () => {
  // Of the reference implementation: `zstd -19 --no-check` of a file, which knows its size, and `zstd` of a pipe,
  // which does not and adds a checksum.
  const text = 'telemetry '.repeat(3000);
  const golden = ['KLUv/WAwdJUAAFB0ZWxlbWV0cnkgAQAjdfeCBA==', 'KLUv/QRYlQAAUHRlbGVtZXRyeSABACN194IEOmoAcQ=='];

  it.each(golden)('reads what the reference implementation wrote: %s', async (base64) => {
    const outcome = await decompress(Buffer.from(base64, 'base64'), 'zstd', limit);
    expect(Buffer.from(outcome as Uint8Array).toString()).toBe(text);
  });

  it('reads several frames and skips what is to be skipped', async () => {
    const skippable = Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0]), Buffer.from('xyz')]);
    const body = Buffer.concat([
      frameOfUnknownSize(0, zstdBlock('raw', 2, Buffer.from('ab')), end),
      skippable,
      frameOfSize(4, zstdBlock('repeat', 4, Buffer.from('c'), true)),
      ...golden.map((base64) => Buffer.from(base64, 'base64')),
    ]);
    const outcome = await decompress(body, 'zstd', limit);
    expect(Buffer.from(outcome as Uint8Array).toString()).toBe(`abcccc${text}${text}`);
  });

  it.each([
    ['of known size', frameOfSize(limit + 1, zstdBlock('repeat', 128 << 10, Buffer.from('x'), true))],
    [
      'of unknown size',
      frameOfUnknownSize(
        window128KiB,
        ...Array<Buffer>(9).fill(zstdBlock('repeat', 128 << 10, Buffer.from('x'))),
        end,
      ),
    ],
    [
      'of many frames',
      Buffer.concat(
        Array<Buffer>(9).fill(frameOfSize(128 << 10, zstdBlock('repeat', 128 << 10, Buffer.from('x'), true))),
      ),
    ],
  ])('refuses a bomb %s', async (_, body) => {
    expect(body.byteLength).toBeLessThan(200);
    expect(await decompress(body, 'zstd', limit)).toMatchObject({ status: 413 });
  });

  it('refuses a frame that wants gigabytes for its window', async () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(await decompress(frameOfUnknownSize(0xa0, end), 'zstd', limit)).toEqual({
      status: 400,
      message: 'zstd: window size exceeded',
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 << 20);
  });

  it('refuses a frame of empty blocks, each of which would move the window', async () => {
    const body = frameOfUnknownSize(
      window8MiB,
      ...Array<Buffer>(100_000).fill(zstdBlock('raw', 0, Buffer.alloc(0))),
      end,
    );
    expect(await decompress(body, 'zstd', limit)).toMatchObject({ status: 400 });
  });

  it('takes what fits exactly, with an empty frame behind it', async () => {
    const whole = frameOfSize(4, zstdBlock('repeat', 4, Buffer.from('c'), true));
    const empty = frameOfUnknownSize(0, end);
    // As it is, and above the size from which the thread pool works.
    const padding = Buffer.concat([
      Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0x80, 0, 0]),
      Buffer.alloc(32 << 10),
    ]);
    for (const body of [Buffer.concat([whole, empty]), Buffer.concat([whole, padding, empty])]) {
      const outcome = await decompress(body, 'zstd', 4);
      expect(Buffer.from(outcome as Uint8Array).toString()).toBe('cccc');
      expect(await decompress(body, 'zstd', 3)).toMatchObject({ status: 413 });
      expect(await decompress(Buffer.concat([body, whole]), 'zstd', 4)).toMatchObject({ status: 413 });
    }
  });

  it('refuses a body of frames without number', async () => {
    const body = Buffer.concat(Array<Buffer>(5000).fill(frameOfUnknownSize(0, end)));
    expect(await decompress(body, 'zstd', limit)).toEqual({ status: 400, message: 'zstd: too many frames' });
  });

  it('ends in bytes or in a refusal for every cut and every flipped bit', async () => {
    for (const base64 of golden) {
      const whole = Buffer.from(base64, 'base64');
      for (let length = 0; length < whole.length; length++) {
        expect(await decompress(whole.subarray(0, length), 'zstd', limit)).toMatchObject({ status: 400 });
      }
      for (let bit = 0; bit < whole.length * 8; bit++) {
        const flipped = Buffer.from(whole);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const outcome = await decompress(flipped, 'zstd', limit);
        const isBounded = outcome instanceof Uint8Array && outcome.byteLength <= limit;
        const isRefused = 'status' in outcome && [400, 413].includes(outcome.status);
        expect(isBounded || isRefused).toBe(true);
      }
    }
  });
});

describe('a body that is collected', () => {
  it('is the pieces in their order, however many there were', () => {
    for (const pieces of [0, 1, 511, 512, 513, 5000]) {
      const buffer = new BodyBuffer();
      const whole = Buffer.from(Array.from({ length: pieces }, (_, n) => n % 251));
      for (let n = 0; n < pieces; n++) buffer.push(whole.subarray(n, n + 1));
      expect(buffer.byteLength).toBe(pieces);
      expect(buffer.take().equals(whole)).toBe(true);
    }
  });

  it('is not a slice of what it came in', () => {
    const socket = Buffer.alloc(64 << 10, 'x');
    const buffer = new BodyBuffer();
    buffer.push(socket.subarray(100, 200));
    expect(buffer.take().buffer.byteLength).toBe(100);
  });
});

it('copies only what would hold more than itself', () => {
  const large = Buffer.allocUnsafeSlow(100_005).subarray(5);
  expect(ownBytes(large)).toBe(large);
  const small = Buffer.from('a slice of the pool');
  expect(ownBytes(small)).not.toBe(small);
  expect(ownBytes(small).equals(small)).toBe(true);
});
