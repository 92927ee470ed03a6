import { expect, it } from 'vitest';
import { limitOf, Share } from './share.js';

it.each([
  [0, '0'],
  [0.1, '4189374bc6a7ef'],
  [1, '28f5c28f5c28f5f'],
  [10, '19999999999999ff'],
  [25, '3fffffffffffffff'],
  [50, '7fffffffffffffff'],
  [99.9, 'ffbe76c8b4395fff'],
  [100, 'ffffffffffffffff'],
  [250, 'ffffffffffffffff'],
  [1e-300, '0'],
])('%d %% keeps hashes up to %s', (percentage, limit) => {
  expect(limitOf(percentage).toString(16)).toBe(limit);
});

it.each([
  ['', '0102030405060708090a0b0c0d0e0f10', 'dbcf64d5420f4cad'],
  ['', '4bf92f3577b34da6a3ce929d0e0e4736', 'a54533ba2e4970b5'],
  ['my-salt', '80f198ee56343ba864fe8b2a57d3eff7', '054f27b7903fdda1'],
  ['my-salt', '0000000000000000a1b2c3d4e5f60718', 'ab8213d269bc9656'],
])('with salt %j the hash of %s is %s', (salt, id, hash) => {
  const share = new Share(50, salt);
  share.has(Buffer.from(id, 'hex'));
  const hex = (half: number): string => half.toString(16).padStart(8, '0');
  expect(hex(share.hashHigh) + hex(share.hashLow)).toBe(hash);
});

it('at 0 % the one hash 0 is kept, and below nothing', () => {
  expect(limitOf(0)).toBe(0n);
  expect(limitOf(-1)).toBe(-1n);
  expect(new Share(-1, '').has(new Uint8Array(16))).toBe(false);
});
