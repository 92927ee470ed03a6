import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { correct, corpusFiles, judge, mistakes, validated, type CorpusFile } from './corpus.js';

// Each mistake is a YAML file, and what is said of it stands beside it. `UPDATE_MISTAKES=1` writes what is
// said now; read every line of the difference as somebody would whose collector does not start.
const isUpdating = process.env['UPDATE_MISTAKES'] === '1';

const files = corpusFiles(mistakes);
const [ofValidate, ofLoading] = [true, false].map((is) =>
  files.filter(({ name }) => name.startsWith('validate/') === is),
) as [CorpusFile[], CorpusFile[]];

describe('the mistake', () => {
  it.each(ofLoading)('$name is told as it should be', async (file) => {
    const { diagnostics, isUsable, text } = await judge(file);
    expect(diagnostics).not.toEqual([]);
    expect(isUsable).toBe(diagnostics.every(({ severity }) => severity === 'warning'));
    expectGolden(file, text);
  });

  it.each(ofValidate)('$name is told by validate', async (file) => {
    const { codes, text } = await validated(file);
    expect(codes).not.toEqual([]);
    expectGolden(file, text);
  });

  it.each(ofLoading.filter(({ name }) => name.startsWith('secrets/')))(
    '$name keeps the secret',
    async (file) => {
      expect((await judge(file)).text).not.toContain('s3cr3t');
    },
  );
});

function expectGolden(file: CorpusFile, text: string): void {
  const golden = file.path.replace(/\.yaml$/, '.txt');
  if (isUpdating) writeFileSync(golden, `${text}\n`);
  expect(`${text}\n`).toBe(existsSync(golden) ? readFileSync(golden, 'utf8') : '');
}

describe('the mistakes', () => {
  it('are at least 120', () => {
    expect(files.length).toBeGreaterThanOrEqual(120);
  });

  it('have no text beside them that belongs to none', () => {
    const texts = readdirSync(mistakes, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.txt'))
      .map((file) =>
        file
          .split(path.sep)
          .join('/')
          .replace(/\.txt$/, ''),
      );
    expect(texts.toSorted()).toEqual(files.map(({ name }) => name).toSorted());
  });
});

describe('the configuration without mistake', () => {
  it.each(corpusFiles(correct))('$name is loaded without a word', async (file) => {
    const { isUsable, text } = await judge(file);
    expect(text).toBe('');
    expect(isUsable).toBe(true);
  });
});
