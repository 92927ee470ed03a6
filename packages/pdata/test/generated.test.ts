import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { generated } from '../scripts/generated.js';

const folder = path.join(import.meta.dirname, '../src/generated');

it('holds what `npm run generate` writes, and nothing else', async () => {
  const written = await generated();
  expect(Object.keys(written).sort()).toEqual(
    readdirSync(folder)
      .map((file) => path.join(folder, file))
      .sort(),
  );
  for (const [file, text] of Object.entries(written)) {
    // Not `toBe`: a difference of thousands of lines is nothing to print.
    expect(text === readFileSync(file, 'utf8'), `${file}: run \`npm run generate\``).toBe(true);
  }
});
