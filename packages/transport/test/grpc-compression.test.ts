import { deflateSync, gzipSync } from 'node:zlib';
import { status as Status } from '@grpc/grpc-js';
import { describe, expect, it, vi } from 'vitest';
import { compress } from '../src/compression.js';
import { createUnaryServer, type UnaryMethod } from '../src/index.js';
import { echo, method, serving, testRuntime } from './helpers.js';
import { rawCall } from './raw-call.js';
import { grpcFrame } from '../../../test/support/raw-http2.js';

const accepting = 'identity,gzip,deflate,snappy,zstd';

async function start(handle: UnaryMethod['handle'] = echo, maxMessageBytes?: number): Promise<string> {
  return serving(
    createUnaryServer({
      runtime: testRuntime(),
      endpoint: '127.0.0.1:0',
      methods: method(handle),
      maxMessageBytes,
    }),
  );
}

/** One frame of raw blocks (RFC 8878): Node 20 packs no zstd. */
function zstdFrame(content: Buffer): Buffer {
  const parts: Buffer[] = [Buffer.from('28b52ffda0', 'hex'), Buffer.alloc(4)];
  parts[1]!.writeUInt32LE(content.length);
  const blockBytes = 100_000;
  for (let start = 0; start <= content.length; start += blockBytes) {
    const block = content.subarray(start, start + blockBytes);
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | Number(start + blockBytes > content.length), 0, 3);
    parts.push(header, block);
  }
  return Buffer.concat(parts);
}

type Pack = (message: Buffer) => Uint8Array | Promise<Uint8Array>;

const packings: [string, string, Pack][] = [
  ['gzip', 'gzip', gzipSync],
  ['deflate', 'deflate', deflateSync],
  // Go's codec means frames by the name, others a block.
  ['snappy in frames', 'snappy', (message) => compress('x-snappy-framed', message)],
  ['snappy in one block', 'snappy', (message) => compress('snappy', message)],
  ['zstd', 'zstd', zstdFrame],
];

describe('the gRPC server', () => {
  it.each(packings)('takes messages in %s, and says what it takes', async (_, encoding, pack) => {
    const address = await start();
    for (const message of [Buffer.from('small'), Buffer.alloc(300_000, 'large')]) {
      const reply = await rawCall(address, grpcFrame(await pack(message), 1), { 'grpc-encoding': encoding });
      expect(reply.headers).toMatchObject({ 'grpc-status': '0', 'grpc-accept-encoding': accepting });
      expect(reply.body.equals(grpcFrame(message))).toBe(true);
    }
    const plain = grpcFrame(Buffer.from('not packed, and flagged so'));
    expect((await rawCall(address, plain, { 'grpc-encoding': encoding })).body.equals(plain)).toBe(true);
  });

  it.each(packings)('takes of %s as much as its limit, unpacked', async (_, encoding, pack) => {
    const handle = vi.fn<UnaryMethod['handle']>(() => new Uint8Array());
    const address = await start(handle, 20_000);
    const sending = async (bytes: number): Promise<unknown> => {
      const frame = grpcFrame(await pack(Buffer.alloc(bytes, 'x')), 1);
      const { headers } = await rawCall(address, frame, { 'grpc-encoding': encoding });
      return headers['grpc-status'];
    };
    expect(await sending(19_000)).toBe(String(Status.OK));
    expect(await sending(20_001)).toBe(String(Status.RESOURCE_EXHAUSTED));
    expect(handle).toHaveBeenCalledTimes(1);
  });

  it('names the limit in words that clients know', async () => {
    const address = await start(echo, 1000);
    const bomb = grpcFrame(gzipSync(Buffer.alloc(100_000)), 1);
    const { headers } = await rawCall(address, bomb, { 'grpc-encoding': 'gzip' });
    expect(decodeURI(String(headers['grpc-message']))).toBe(
      'grpc: received message after decompression larger than max 1000',
    );
  });

  it.each([
    ['gzip', 'gzip: invalid header'],
    ['snappy', 'snappy: corrupt input'],
    ['zstd', 'zstd: invalid header'],
  ])('refuses what is no %s', async (encoding, problem) => {
    const address = await start();
    const frame = grpcFrame(Buffer.from('none of these'), 1);
    const { headers } = await rawCall(address, frame, { 'grpc-encoding': encoding });
    expect(headers['grpc-status']).toBe(String(Status.INTERNAL));
    expect(decodeURI(String(headers['grpc-message']))).toBe(`Failed to decompress message: ${problem}`);
  });

  it('refuses another compression by name, and says which it takes', async () => {
    const address = await start();
    const frame = grpcFrame(Buffer.from('x'), 1);
    const { headers } = await rawCall(address, frame, { 'grpc-encoding': 'lz4' });
    expect(headers).toMatchObject({
      'grpc-status': String(Status.UNIMPLEMENTED),
      'grpc-message': encodeURI('Received message compressed with unsupported encoding "lz4"'),
      'grpc-accept-encoding': accepting,
    });
  });
});
