import { describe, expect, it } from 'vitest';
import { crc32c } from '../src/crc32c.js';
import { packSnappyBlock, readSnappyBlockHeader, unpackSnappyBlock } from '../src/snappy-block.js';
import { isSnappyFramed, packSnappyFrames, unpackSnappyFrames } from '../src/snappy-frames.js';

function hex(...parts: string[]): Buffer {
  return Buffer.from(parts.join('').replaceAll(' ', ''), 'hex');
}

/** The content of a block; undefined where it is broken. */
function unpack(block: Uint8Array): Buffer | undefined {
  const header = readSnappyBlockHeader(block);
  if (header === undefined) return undefined;
  const output = Buffer.alloc(header.contentBytes);
  return unpackSnappyBlock(block, header.headerBytes, output) ? output : undefined;
}

const sixty = 'x'.repeat(60);
const abc100 = 'abc'.repeat(100);

/** Blocks that were written by hand from the description of the format: the length, then elements. */
describe('a snappy block', () => {
  it.each([
    ['nothing', hex('00'), ''],
    ['a literal', hex('05 10', '68656c6c6f'), 'hello'],
    ['the longest literal with its length in the tag', hex('3c ec', '78'.repeat(60)), sixty],
    ['a literal with one byte of length', hex('3d f0 3c', '78'.repeat(61)), `${sixty}x`],
    ['a literal with two bytes of length', hex('ac02 f4 2b01', '616263'.repeat(100)), abc100],
    ['a literal with three bytes of length', hex('03 f8 020000', '616263'), 'abc'],
    ['a literal with four bytes of length', hex('03 fc 02000000', '616263'), 'abc'],
    ['a copy with one byte of offset', hex('08 0c', '61626364', '01 04'), 'abcdabcd'],
    ['a copy with two bytes of offset', hex('08 0c', '61626364', '0e 0400'), 'abcdabcd'],
    ['a copy with four bytes of offset', hex('08 0c', '61626364', '0f 04000000'), 'abcdabcd'],
    ['a copy that repeats what it writes', hex('0b 04', '6162', '15 02'), 'abababababa'],
    ['a copy of 64 bytes', hex('41 00', '78', 'fe 0100'), 'x'.repeat(65)],
    [
      'an offset whose high bits stand in the tag',
      hex('8403 f4 2b01', '616263'.repeat(100), '3d2c'.repeat(8)),
      'abc'.repeat(130).slice(0, 388),
    ],
  ])('is read: %s', (_, block, content) => {
    expect(unpack(block)?.toString()).toBe(content);
  });

  it.each([
    ['no length', hex('')],
    ['a length that never ends', hex('ffffffffffff')],
    ['a length of more than 32 bits', hex('ffffffff1f', '00'.repeat(100))],
    ['a length cut short', hex('80')],
    ['fewer bytes than it declares', hex('06 10', '68656c6c6f')],
    ['more bytes than it declares', hex('04 10', '68656c6c6f')],
    ['a literal cut short', hex('05 10', '68656c')],
    ['a length of a literal cut short', hex('3d f4 2b')],
    ['a literal of four gigabytes', hex('05 fc ffffffff', '68656c6c6f')],
    ['a short copy without its offset', hex('08 0c', '61626364', '01')],
    ['a copy without half of its offset', hex('08 0c', '61626364', '0e 04')],
    ['a long copy without a part of its offset', hex('08 0c', '61626364', '0f 040000')],
    ['a copy of nothing that was before', hex('08 0c', '61626364', '01 00')],
    ['a copy from before the beginning', hex('08 0c', '61626364', '01 05')],
    ['a copy from two gigabytes before', hex('08 0c', '61626364', '0f 04000080')],
    ['a copy beyond the end', hex('07 0c', '61626364', '01 04')],
  ])('is refused: %s', (_, block) => {
    expect(unpack(block)).toBeUndefined();
  });

  it('cannot stand for more than its bytes can say', () => {
    // A gigabyte in ten bytes, and the most that three bytes stand for.
    expect(readSnappyBlockHeader(hex('8080808004', '0001020304'))).toBeUndefined();
    expect(unpack(Buffer.concat([hex('8119 00 78'), hex('fe 0100'.repeat(50))]))).toHaveLength(3201);
  });

  it.each([0, 1, 3, 4, 59, 60, 61, 256, 257, 65_535, 65_536, 65_537, 300_000])(
    'comes back whole (%i bytes)',
    (size) => {
      const kinds: ((n: number) => number)[] = [
        () => 120,
        (n) => n % 251,
        (n) => (n * n * 7919) >> 5,
        (n) => (n % 3000 < 1500 ? n % 70 : Math.imul(n, 0x9e3779b1) >>> 24),
      ];
      for (const kind of kinds) {
        const content = Buffer.from(Array.from({ length: size }, (__, n) => kind(n)));
        expect(unpack(packSnappyBlock(content))?.equals(content)).toBe(true);
      }
    },
  );

  it('is small where the content repeats', () => {
    const content = Buffer.from(Array.from({ length: 1000 }, (_, n) => `span ${n % 10}, `).join(''));
    expect(packSnappyBlock(content).byteLength).toBeLessThan(content.byteLength / 10);
  });
});

const start = 'ff060000 734e61507059';
/** Checksums that were not made by our code. */
const digits = { text: '123456789', hex: '313233343536373839', sum: 'e5b08ac7' };
const copied = { text: 'abcdabcd', block: '08 0c 61626364 0104', sum: '1ac428d7' };

describe('a snappy stream', () => {
  const limit = 1 << 20;
  const read = (bytes: Buffer, maxBytes = limit): string => {
    const outcome = unpackSnappyFrames(bytes, maxBytes);
    return typeof outcome === 'string' ? outcome : `content: ${outcome.toString()}`;
  };
  const plain = `01 0d0000 ${digits.sum} ${digits.hex}`;
  const packed = `00 0c0000 ${copied.sum} ${copied.block}`;

  it.each([
    ['nothing', hex(start), ''],
    ['a chunk as it is', hex(start, plain), digits.text],
    ['a packed chunk', hex(start, packed), copied.text],
    ['several', hex(start, plain, packed, plain), `${digits.text}${copied.text}${digits.text}`],
    ['two streams glued together', hex(start, plain, start, plain), digits.text.repeat(2)],
    ['padding', hex(start, 'fe 030000 000000', plain), digits.text],
    ['chunks that may be skipped', hex(start, '80 010000 ff', plain, 'fd 000000'), digits.text],
  ])('is read: %s', (_, bytes, content) => {
    expect(read(bytes)).toBe(`content: ${content}`);
  });

  it.each([
    ['without its beginning', hex(plain), 'corrupt input'],
    ['with another beginning', hex('ff060000 734e61507058'), 'corrupt input'],
    ['with another beginning in the middle', hex(start, 'ff050000 734e615070'), 'corrupt input'],
    ['with a header cut short', hex(start, '01 0d00'), 'corrupt input'],
    ['with a chunk cut short', hex(start, plain).subarray(0, -1), 'corrupt input'],
    ['with a chunk too short for a checksum', hex(start, '01 030000 000000'), 'corrupt input'],
    ['with a broken block', hex(start, `00 0b0000 ${copied.sum} 07 0c 61626364 01`), 'corrupt input'],
    ['with a wrong checksum', hex(start, `01 0d0000 e5b08ac8 ${digits.hex}`), 'checksum mismatch'],
    [
      'with a checksum that is not masked',
      hex(start, `01 0d0000 839206e3 ${digits.hex}`),
      'checksum mismatch',
    ],
    ['with a chunk that may not be skipped', hex(start, '02 000000'), 'unsupported chunk'],
    [
      'with a chunk of more than 64 KiB',
      Buffer.concat([hex(start, '01 050001', '00000000'), Buffer.alloc(65_537)]),
      'corrupt input',
    ],
    ['that becomes too large', hex(start, plain, packed), 'too large'],
  ])('is refused: %s', (name, bytes, problem) => {
    expect(read(bytes, name.includes('too large') ? 16 : limit)).toBe(problem);
  });

  it('is told from a block by its beginning', () => {
    expect(isSnappyFramed(hex(start))).toBe(true);
    expect(isSnappyFramed(hex(start).subarray(0, 9))).toBe(false);
    expect(isSnappyFramed(packSnappyBlock(Buffer.alloc(895)))).toBe(false);
  });

  it.each([0, 1, 65_536, 65_537, 200_000])('comes back whole (%i bytes)', (size) => {
    const noise = (n: number): number => Math.imul(n, 0x9e3779b1) >>> 24;
    for (const kind of [() => 120, noise]) {
      const content = Buffer.from(Array.from({ length: size }, (_, n) => kind(n)));
      const bytes = packSnappyFrames(content);
      expect(isSnappyFramed(bytes)).toBe(true);
      expect((unpackSnappyFrames(bytes, size) as Buffer).equals(content)).toBe(true);
      expect(unpackSnappyFrames(Buffer.concat([bytes, bytes]), 2 * size - 1) === 'too large').toBe(size > 0);
    }
  });
});

// RFC 3720, appendix B.4, and the usual check value.
it.each([
  ['00'.repeat(32), 0x8a9136aa],
  ['ff'.repeat(32), 0x62a8ab43],
  [Buffer.from(Array.from({ length: 32 }, (_, n) => n)).toString('hex'), 0x46dd794e],
  [digits.hex, 0xe3069283],
])('CRC-32C of %s', (bytes, sum) => {
  expect(crc32c(hex(bytes))).toBe(sum);
});
