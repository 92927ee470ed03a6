import { describe, expect, it } from 'vitest';
import { createRing } from './create.js';
import { crc32 } from './crc32.js';
import { GoRing } from './go-ring.js';
import type { Ring, RingKind } from './ring.js';
import { loadXxh64 } from './xxh64.js';

const xxh64 = await loadXxh64();

const list = (prefix: string, count: number, suffix = ''): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i + 1}${suffix}`).toSorted();

/** The sets of the reference, and how it names their members. */
const sets = {
  A3: list('backend-', 3, ':4317'),
  B4: list('backend-', 4, ':4317'),
  N3: list('backend-', 3),
  D3: list('10.0.0.', 3, ':4317'),
  D2: ['10.0.0.1:4317', '10.0.0.3:4317'],
  D10: list('10.0.0.', 10, ':4317'),
} as const;

const ids = {
  T0: '00000000000000000000000000000000',
  T1: '0102030405060708090a0b0c0d0e0f10',
  T2: '4bf92f3577b34da6a3ce929d0e0e4736',
  T3: '0af7651916cd43dd8448eb211c80319c',
  T4: '80f198ee56343ba864fe8b2a57d3eff7',
  T5: '00000000000000000000000000000001',
  T6: 'ffffffffffffffffffffffffffffffff',
  T7: '5b8aa5a2d2c872e8321cf37308d69df2',
  T8: 'd4cda95b652f4a1592b449d5929fda1b',
  T9: '12345678901234567890123456789012',
  T10: '0000000000000000a1b2c3d4e5f60718',
} as const;

const bytesOf = (id: string): Buffer => Buffer.from(id, 'hex');
const ownerOf = (ring: Ring, key: Uint8Array): number => ring.owner(key, 0, key.length);
/** The number of the backend, or the last octet of its address. */
const numberOf = (ring: Ring, key: Uint8Array): number =>
  Number(/(\d+)(?::\d+)?$/.exec(ring.backends[ownerOf(ring, key)]!)![1]);

describe.each([
  ['T0', 'ecbb4b55', 33493, 115122, '2/2', '2/2', '1/2', '1/3', '1/3', '1/9'],
  ['T1', '094c80f1', 20689, 34199, '3/3', '3/4', '3/1', '2/2', '3/3', '10/7'],
  ['T2', '164b78c5', 4869, 99306, '2/2', '4/4', '1/3', '3/3', '3/3', '8/3'],
  ['T3', '0d4adc15', 25813, 58042, '3/1', '3/1', '3/3', '1/1', '1/1', '1/8'],
  ['T4', 'fbd7ffc3', 24931, 32175, '1/3', '1/3', '2/1', '1/2', '1/3', '10/8'],
  ['T5', '9bbc7bc3', 12931, 51617, '1/3', '1/3', '3/2', '3/2', '3/1', '3/2'],
  ['T6', '3fb3c61a', 14266, 124403, '3/3', '3/4', '2/2', '3/2', '3/1', '8/2'],
  ['T7', 'a7fc42d7', 31255, 38613, '1/3', '1/3', '2/1', '3/2', '3/1', '5/8'],
  ['T8', 'd06d8a57', 15767, 127629, '2/3', '2/4', '3/1', '1/1', '1/1', '5/10'],
  ['T9', 'b2728d7b', 19771, 59060, '1/2', '1/2', '2/1', '2/1', '1/1', '2/7'],
  ['T10', 'da7af7b4', 7892, 91377, '3/3', '3/3', '2/2', '2/3', '1/3', '2/6'],
] as const)('%s', (id, crc, positionG2, positionG3, ...cells) => {
  it('has the hash and the positions of the reference', () => {
    const hash = crc32(bytesOf(ids[id]), 0, 16);
    expect(hash.toString(16).padStart(8, '0')).toBe(crc);
    expect([hash % 36_000, hash % 131_071]).toEqual([positionG2, positionG3]);
  });

  it('belongs to the backends of the reference, g2 and g3', () => {
    const found = Object.values(sets).map((backends) =>
      (['g2', 'g3'] as const).map((kind) => numberOf(new GoRing(kind, backends), bytesOf(ids[id]))).join('/'),
    );
    expect(found).toEqual(cells);
  });
});

it.each([
  ['T1', 1],
  ['T2', 2],
  ['T3', 1],
  ['T4', 2],
  ['T5', 1],
  ['T6', 1],
  ['T7', 1],
  ['T8', 1],
  ['T9', 2],
  ['T10', 2],
] as const)('on loopback addresses %s belongs to the one of a real Collector, %i', (id, expected) => {
  const ring = new GoRing('g3', ['127.0.0.1:43171', '127.0.0.1:43172', '127.0.0.1:43173']);
  expect(ownerOf(ring, bytesOf(ids[id])) + 1).toBe(expected);
});

describe('points', () => {
  const heads = (ring: GoRing, count: number): readonly (readonly [number, number])[] =>
    Array.from({ length: count }, (_, i) => [ring.points[i]!, ring.owners[i]! + 1]);

  it('of g2 and g3 are those of the reference', () => {
    const a2 = new GoRing('g2', sets.A3);
    expect(heads(a2, 5)).toEqual([
      [69, 2],
      [89, 2],
      [127, 2],
      [316, 2],
      [324, 3],
    ]);
    expect(a2.points).toHaveLength(300);
    expect(heads(new GoRing('g2', sets.D3), 5)).toEqual([
      [57, 2],
      [115, 2],
      [143, 1],
      [144, 3],
      [244, 2],
    ]);
    const a3 = new GoRing('g3', sets.A3);
    expect(heads(a3, 3)).toEqual([
      [23, 1],
      [178, 1],
      [304, 3],
    ]);
    expect(a3.points).toHaveLength(600);
    expect(heads(new GoRing('g3', sets.D3), 3)).toEqual([
      [205, 1],
      [258, 1],
      [905, 2],
    ]);
  });

  it.each([
    ['g1', [1401, 4175, 14133, 17836, 21667]],
    ['g2', [8650, 10707, 14724, 24239, 35777]],
    ['g3', [19428, 26218, 44399, 107713, 113378]],
  ] as const)('of %s: the first five of endpoint-1', (kind, expected) => {
    const { points } = new GoRing(kind, ['endpoint-1']);
    for (const point of expected) expect(points).toContain(point);
  });

  it('of 300 backends are fewer where positions are few', () => {
    const backends = list('10.0.0.', 300, ':4317');
    expect(new GoRing('g3', backends).points).toHaveLength(60_000);
    expect(new GoRing('g2', backends).points.length).toBeLessThan(30_000);
  });
});

it('the text of a trace ID, by which logs go, is another key than the ID itself', () => {
  const ring = new GoRing('g2', sets.A3);
  expect(numberOf(ring, Buffer.from(ids.T3))).toBe(1);
  expect(numberOf(ring, bytesOf(ids.T3))).toBe(3);
});

it('g1 is the ring of the first exporters', () => {
  const ring = new GoRing('g1', ['endpoint-1', 'endpoint-2']);
  expect(ownerOf(ring, bytesOf('01020000000000000000000000000000'))).toBe(0);
  expect(ownerOf(ring, bytesOf('80800000000000000000000000000000'))).toBe(1);
});

it.each([
  ['checkout', 2, 3],
  ['service.name=checkout|', 1, 2],
  ['payment', 2, 3],
  ['service.name=payment|', 3, 2],
  ['frontend', 2, 2],
  ['service.name=frontend|', 1, 1],
  ['cart', 1, 2],
  ['service.name=cart|', 3, 2],
  ['', 2, 1],
  ['service.name=|', 1, 1],
  ['resource/9d126046fdb6c015', 1, 1],
  ['resource/85d28f611f9d8840', 2, 3],
  ['resource/88201fb960ff6465', 1, 3],
  ['stream/c38dc363d6c65c66', 3, 2],
  ['cpu', 1, 1],
  ['system.cpu.time', 1, 2],
  ['http.server.request.duration', 3, 3],
] as const)('the key %j belongs to %i of g2 and %s of g3', (key, g2, g3) => {
  expect(numberOf(new GoRing('g2', sets.A3), Buffer.from(key))).toBe(g2);
  expect(numberOf(new GoRing('g3', sets.A3), Buffer.from(key))).toBe(g3);
});

describe.each(['g1', 'g2', 'g3', 'tributary'] as const)('%s', (kind: RingKind) => {
  const keys = Array.from({ length: 5000 }, (_, i) => {
    const key = Buffer.alloc(16);
    for (let at = 0; at < 16; at += 4) key.writeUInt32LE(Math.imul(i * 4 + at + 1, 0x9e3779b1) >>> 0, at);
    return key;
  });
  const ring = (backends: readonly string[]): Ring => createRing(kind, backends, xxh64);
  const owners = (of: Ring, isOut?: (backend: number) => boolean): readonly string[] =>
    keys.map((key) => of.backends[of.owner(key, 0, 16, isOut)]!);

  it('has no owner where there is no backend', () => {
    expect(ownerOf(ring([]), keys[0]!)).toBe(-1);
    expect(ring(sets.A3).owner(keys[0]!, 0, 16, () => true)).toBe(-1);
  });

  it('gives keys of a backend that is out to the others, and moves no other key', () => {
    const whole = owners(ring(sets.B4));
    const without = owners(ring(sets.B4), (backend) => backend === 2);
    const out = sets.B4[2];
    expect(without).not.toContain(out);
    expect(without.filter((owner, i) => whole[i] !== out && owner !== whole[i])).toEqual([]);
    expect(new Set(without).size).toBe(3);
  });

  it('moves keys to a backend that joins, and between no others', () => {
    const before = owners(ring(sets.A3));
    const after = owners(ring(sets.B4));
    const moved = after.filter((owner, i) => owner !== before[i]);
    expect(new Set(moved)).toEqual(new Set(['backend-4:4317']));
    expect(moved.length / keys.length).toBeGreaterThan(0.18);
    expect(moved.length / keys.length).toBeLessThan(0.35);
  });
});

it('our own spreads keys evenly, whatever their length', () => {
  const ring = createRing('tributary', list('10.0.0.', 20, ':4317'), xxh64);
  for (const length of [16, 5, 32]) {
    const counts = new Map<number, number>();
    for (let i = 0; i < 100_000; i++) {
      const key = Buffer.alloc(length);
      key.writeUInt32LE(i);
      const owner = ownerOf(ring, key);
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    // 5,000 each, within five standard deviations of dice.
    for (const count of counts.values()) expect(Math.abs(count - 5000)).toBeLessThan(5 * Math.sqrt(5000));
    expect(counts.size).toBe(20);
  }
});

it('our own is the same for all time', () => {
  const ring = createRing('tributary', sets.A3, xxh64);
  expect(Object.values(ids).map((id) => numberOf(ring, bytesOf(id)))).toMatchInlineSnapshot(`
    [
      2,
      1,
      2,
      2,
      2,
      2,
      1,
      2,
      1,
      2,
      1,
    ]
  `);
  expect(numberOf(ring, Buffer.from('checkout'))).toMatchInlineSnapshot(`2`);
});
