import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { errorCodes } from '@tributary/config';
import { describe, expect, it } from 'vitest';
import { corpusFiles, judge, mistakes, validated } from '../config/corpus.js';
import { readText } from '../support/repository-files.js';
import { repositoryRoot } from '../support/tree.js';

const codes = Object.keys(errorCodes);
/** An example, and the file that has what is said of it. */
const example = /\]\(\.\.\/(test\/config\/mistakes\/[^)]+\.txt)\) of it:\n\n```text\n[^]*?```\n/g;

const file = 'docs/errors.md';
// The same switch as that of the mistakes: what is said of them stands here, too.
if (process.env['UPDATE_MISTAKES'] === '1') {
  const updated = readText(file).replace(
    example,
    (_, golden: string) => `](../${golden}) of it:\n\n\`\`\`text\n${readText(golden)}\`\`\`\n`,
  );
  writeFileSync(path.join(repositoryRoot, file), updated);
}
const sections = readText(file).split(/^## /m).slice(1);

describe('docs/errors.md', () => {
  it('lists exactly the codes that there are, in their order', () => {
    expect(sections.map((section) => /^`(.+)`$/m.exec(section)?.[1])).toEqual(codes);
  });

  it.each(codes)('says of %s what it means, shows it and says what to do', (code) => {
    const section = sections.find((text) => text.startsWith(`\`${code}\`\n`));
    expect(section).toContain(`\n${errorCodes[code as keyof typeof errorCodes]}\n`);
    const [[shown, golden] = []] = [...section!.matchAll(example)];
    expect(golden !== undefined || code in withoutExample).toBe(true);
    expect(shown ?? '').toContain(golden === undefined ? '' : `\`\`\`text\n${readText(golden)}\`\`\``);
    expect(shown ?? '').toContain(golden === undefined ? '' : `[${code}]`);
    expect(section).toMatch(/^\*\*What to do\.\*\* /m);
  });
});

/** Codes that no file of the corpus can bring about, and why. */
const withoutExample: Readonly<Record<string, string>> = {
  'ambiguous-id': 'no connector there is has the type of a receiver or exporter',
  'broken-component': 'all packages can be loaded',
  'no-source': 'a file is a source',
  'too-many-mistakes': 'no file has so many',
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
