/** Small bodies that are large when they are unpacked. */
import { deflateSync, gzipSync } from 'node:zlib';
import { methodPaths } from '@tributary/otlp';
import { expect } from 'vitest';
import { packSnappyBlock } from '../../../packages/transport/src/snappy-block.js';
import { packSnappyFrames } from '../../../packages/transport/src/snappy-frames.js';
import { rawCall } from '../../../packages/transport/test/raw-call.js';
import { grpcFrame } from '../../support/raw-http2.js';
import { millionsOfSpans } from '../../support/wire.js';
import { Heard, inParallel, over, type Attack } from '../attack.js';
import { protobuf, type Victim } from '../victim.js';

/** More than both limits, 4 MiB and 20 MiB. */
const blockBytes = 21 << 20;
const atOnce = 8;

/** A frame of zstd whose blocks are one byte each, repeated 128 KiB times (RFC 8878, section 3.1.1). */
function zstdBomb(bytes: number): Buffer {
  const blockBytes = 128 << 10;
  const block = Buffer.alloc(4);
  block.writeUIntLE((blockBytes << 3) | (1 << 1), 0, 3);
  const last = Buffer.from(block);
  last[0]! |= 1;
  // Of unknown size, with a window of 128 KiB.
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3]);
  return Buffer.concat([head, ...Array<Buffer>(bytes / blockBytes - 1).fill(block), last]);
}

/** Members of gzip, and frames of zstd, may follow one another. */
const times = 32;

/** 700 MB of zeros. */
export function gzipBomb(): Buffer {
  return Buffer.concat(Array<Buffer>(times).fill(gzipSync(Buffer.alloc(blockBytes))));
}

/** What unpacks to as much as a body may have, and far more, by its encoding. */
function makeBombs(): readonly (readonly [encoding: string, bomb: Buffer])[] {
  const block = Buffer.alloc(blockBytes);
  return [
    ['gzip', gzipBomb()],
    ['deflate', deflateSync(block)],
    ['zstd', Buffer.concat(Array<Buffer>(times).fill(zstdBomb(blockBytes)))],
    ['snappy', packSnappyBlock(block)],
    ['snappy', packSnappyFrames(block)],
    ['gzip', gzipSync(millionsOfSpans())],
  ];
}

async function lay(victim: Victim, times: number): Promise<Heard> {
  const heard = new Heard();
  const bombs = makeBombs();
  await inParallel(times * bombs.length, atOnce, async (n) => {
    const [encoding, bomb] = bombs[n % bombs.length]!;
    heard.add(await victim.post('traces', bomb, { ...protobuf, 'content-encoding': encoding }));
    const { headers } = await rawCall(victim.grpc, grpcFrame(bomb, 1), {
      ':path': methodPaths.traces,
      'grpc-encoding': encoding,
    });
    heard.add(`grpc ${String(headers['grpc-status'])}`);
  });
  return heard;
}

export const bombs: Attack = {
  name: 'bombs',
  unit: 'times gzip, deflate, zstd, snappy',
  short: 1,
  long: 20,
  async lay(victim, times) {
    const heard = await lay(victim, times);
    // Too large, or no room for it now: as is told before anything is unpacked.
    expect(heard.kinds.filter((told) => !['http 413', 'grpc 8', 'grpc 14'].includes(told))).toEqual([]);
    expect(heard.of('http 413')).toBeGreaterThan(0);
    expect(heard.of('grpc 8')).toBeGreaterThan(0);
    return over(heard);
  },
};
