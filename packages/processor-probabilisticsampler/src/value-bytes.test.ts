import { expect, it } from 'vitest';
import { bytesOf } from './value-bytes.js';

it('bytes are taken as they are', () => {
  expect(bytesOf(Uint8Array.of(0, 255))).toEqual(Uint8Array.of(0, 255));
});

// As pcommon.Value.AsString of the Collector writes them.
it.each([
  ['', ''],
  ['grün', 'grün'],
  [undefined, ''],
  [null, ''],
  [true, 'true'],
  [42, '42'],
  [-(2n ** 63n), '-9223372036854775808'],
  [0.1, '0.1'],
  [-0, '-0'],
  [1e21, '1e+21'],
  [1e-7, '1e-7'],
  [123456789012345680000, '123456789012345680000'],
  [NaN, 'json: unsupported value: NaN'],
  [-Infinity, 'json: unsupported value: -Inf'],
  [[], '[]'],
  [['a', 1, null, [true]], '["a",1,null,[true]]'],
  [{ b: 1, a: '<&>' }, '{"a":"\\u003c\\u0026\\u003e","b":1}'],
  [{ a: Uint8Array.of(1, 2) }, '{"a":"AQI="}'],
  [{ a: [2n ** 60n] }, '{"a":[1152921504606846976]}'],
  [{ a: NaN }, ''],
])('%o is hashed as %o', (value, text) => {
  expect(Buffer.from(bytesOf(value)).toString()).toBe(text);
});
