import { errorCodes } from '@tributary/config';
import { describe, expect, it } from 'vitest';
import { corpusFiles, judge, mistakes, validated } from '../config/corpus.js';
import { parseMarkdown } from '../support/markdown.js';
import { readText } from '../support/repository-files.js';

const codes = Object.keys(errorCodes);
const page = readText('docs/errors.md');
const sections = page.split(/^## /m).slice(1);

describe('docs/errors.md', () => {
  it('lists exactly the codes that there are, in their order', () => {
    expect(sections.map((section) => /^`(.+)`$/m.exec(section)?.[1])).toEqual(codes);
  });

  it.each(codes)('says of %s what it means, shows it and says what to do', (code) => {
    const section = sections.find((text) => text.startsWith(`\`${code}\`\n`));
    expect(section).toContain(`\n${errorCodes[code as keyof typeof errorCodes]}\n`);
    const examples = parseMarkdown(section!).blocks.filter(({ info }) => info === 'text');
    const file = /\]\((\.\.\/test\/config\/mistakes\/[^)]+\.txt)\)/.exec(section!)?.[1];
    expect(examples.map((block) => `${block.code}\n`)).toEqual(
      file === undefined ? [] : [readText(file.replace('../', ''))],
    );
    expect(file !== undefined || code in withoutExample).toBe(true);
    expect(section).toMatch(/^\*\*What to do\.\*\* /m);
  });
});

/** Codes that no file of the corpus can bring about, and why. */
const withoutExample: Readonly<Record<string, string>> = {
  'ambiguous-id': 'no connector there is has the type of a receiver or exporter',
  'batch-before-persistent-queue': 'no exporter there is takes a storage',
  'broken-component': 'all packages can be loaded',
  'no-source': 'a file is a source',
  'undefined-extension': 'no component there is takes an extension',
  'unsupported-signal': 'all components there are have all signals',
};

describe('the corpus of mistakes', () => {
  it('has each code', async () => {
    const seen = new Set<string>();
    for (const file of corpusFiles(mistakes)) {
      const said = file.name.startsWith('validate/')
        ? (await validated(file)).codes
        : (await judge(file)).diagnostics.map(({ code }) => code);
      for (const code of said) seen.add(code);
    }
    expect(codes.filter((code) => !seen.has(code))).toEqual(Object.keys(withoutExample));
  });
});
