import { isUtf8 } from 'node:buffer';
import { expect, it } from 'vitest';
import { begin, finish, isText } from './check-fields.js';

it('tells UTF-8 from other bytes as Node does, for all sequences that differ in kind', () => {
  // Both ends of every range of the table of well-formed sequences (Unicode 16, table 3-7), and their neighbours.
  const firsts = [
    0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3,
    0xf4, 0xf5, 0xff,
  ];
  const seconds = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0];
  const others = [0x41, 0x7f, 0x80, 0xbf, 0xc0];
  const wrong: string[] = [];
  for (const first of firsts) {
    for (const second of seconds) {
      for (const third of others) {
        for (const fourth of others) {
          for (let length = 1; length <= 4; length++) {
            for (const before of ['', 'abcdefghi', 'x'.repeat(200)]) {
              const text = Buffer.concat([
                Buffer.from(before),
                Buffer.from([first, second, third, fourth].slice(0, length)),
              ]);
              begin(text, true);
              if (isText(text, 0, text.length) !== isUtf8(text)) wrong.push(text.toString('hex'));
            }
          }
        }
      }
    }
  }
  finish();
  expect(wrong).toEqual([]);
});

it('finds a single byte that is no ASCII, wherever it stands', () => {
  for (let length = 1; length < 40; length++) {
    for (let index = 0; index < length; index++) {
      const text = Buffer.alloc(length, 'a');
      text[index] = 0xff;
      begin(text, true);
      expect(isText(text, 0, length), `byte ${index} of ${length}`).toBe(false);
      begin(text, false);
      expect(isText(text, 0, length)).toBe(true);
    }
  }
  finish();
});
