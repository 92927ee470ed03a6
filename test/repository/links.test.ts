import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { brokenLinks } from '../support/links.js';
import { repositoryFiles } from '../support/repository-files.js';
import { repositoryRoot, writeTree } from '../support/tree.js';

describe('links of this repository', () => {
  it.each(repositoryFiles('.md'))('%s', (file) => {
    expect(brokenLinks(path.join(repositoryRoot, file))).toEqual([]);
  });
});

describe('the check of links', () => {
  const source = `export function settle(batch: Batch): void {}
export class Edge {
  readonly counts: Counts;
  async consume(batch: Batch): Promise<void> {}
}
`;
  const check = (text: string): string[] => {
    const other = "# Top\n\n## What it's for\n\n```ts\n# no heading\n```\n";
    return brokenLinks(
      path.join(writeTree({ 'docs/a.md': text, 'docs/b.md': other, 'src/edge.ts': source }), 'docs/a.md'),
    );
  };

  it.each([
    '[b](b.md)',
    '[a folder](../src)',
    '[elsewhere](https://example.com/none)',
    '# Here\n[here](#here)',
    '[purpose](b.md#what-its-for)',
    '[`settle`](../src/edge.ts)',
    '[`settle()`](../src/edge.ts)',
    '[`Edge.consume`](../src/edge.ts)',
    '[`Edge.counts`](../src/edge.ts)',
    '[`src/edge.ts`](../src/edge.ts)',
    '[`settle`](../src/edge.ts#L1)',
    '```text\n[not a link](nowhere.md)\n```',
  ])('is content with %s', (text) => {
    expect(check(text)).toEqual([]);
  });

  it.each([
    ['[c](c.md)', '1: [c](c.md) leads to no file'],
    ['\n[here](#there)', '2: [here](#there) names no heading of this file'],
    ['[b](b.md#no-heading)', '1: [b](b.md#no-heading) names no heading of that file'],
    [
      '[`drain`](../src/edge.ts)',
      '1: [`drain`](../src/edge.ts) names drain, which that file does not declare',
    ],
    [
      '[`Edge.drain()`](../src/edge.ts)',
      '1: [`Edge.drain()`](../src/edge.ts) names drain, which that file does not declare',
    ],
    [
      '[`batch`](../src/edge.ts)',
      '1: [`batch`](../src/edge.ts) names batch, which that file does not declare',
    ],
    [
      '[the edge](../src/edge.ts)',
      '1: [the edge](../src/edge.ts) names no symbol: the text of a link to a source is a name in code style',
    ],
    [
      '[`settle`](../src/edge.ts#L2)',
      '1: [`settle`](../src/edge.ts#L2) names settle, which does not stand there',
    ],
    [
      '[`settle`](../src/edge.ts#L99)',
      '1: [`settle`](../src/edge.ts#L99) names settle, which does not stand there',
    ],
  ])('complains of %s', (text, problem) => {
    expect(check(text)).toEqual([problem]);
  });
});
