import { describe, expect, it } from 'vitest';
import { cutTo, layOut, type Column } from './table.js';

interface Row {
  readonly name: string;
  readonly place: string;
  readonly items: number;
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', align: 'left', rank: 0, text: ({ name }) => name },
  { title: 'PLACE', align: 'left', rank: 2, text: ({ place }) => place },
  { title: 'ITEMS', align: 'right', rank: 0, text: ({ items }) => String(items) },
  {
    title: 'OFF',
    align: 'right',
    rank: 1,
    text: ({ items }) => String(items > 5),
    tone: ({ items }) => (items > 5 ? 'bad' : 'plain'),
  },
];
const rows: readonly Row[] = [
  { name: 'otlp', place: 'here', items: 3 },
  { name: 'a component with a long name', place: 'there', items: 12 },
];
const plain = (text: string): string => text;

describe('a table', () => {
  it('has columns as wide as they need to be', () => {
    expect(layOut(columns, rows, 80, plain)).toEqual([
      'NAME                          PLACE  ITEMS    OFF',
      'otlp                          here       3  false',
      'a component with a long name  there     12   true',
    ]);
  });

  it('leaves columns out where there is no room, by their rank', () => {
    expect(layOut(columns, rows, 45, plain)).toEqual([
      'NAME                          ITEMS    OFF',
      'otlp                              3  false',
      'a component with a long name     12   true',
    ]);
    expect(layOut(columns, rows, 35, plain)[0]).toBe('NAME                          ITEMS');
  });

  it('cuts texts where that is not enough, and lines at last', () => {
    expect(layOut(columns, rows, 20, plain)).toEqual([
      'NAME           ITEMS',
      'otlp               3',
      'a component …     12',
    ]);
    expect(layOut(columns, rows, 10, plain)).toEqual(['NAME     …', 'otlp     …', 'a compo… …']);
  });

  it.each([0, 1, 2, 3, 5, 8, 13, 21, 34, 55])('is never wider than %d', (width) => {
    for (const line of layOut(columns, rows, width, plain)) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('paints titles and what stands out, and the width is that of the text', () => {
    const lines = layOut(columns, rows, 80, (text, tone) => (tone === 'plain' ? text : `<${tone}:${text}>`));
    expect(lines[0]).toContain('<strong:NAME');
    expect(lines[1]).toMatch(/ {2}false$/);
    expect(lines[2]).toMatch(/<bad: {3}true>$/);
  });

  it('shows a name that would move the cursor as what it is', () => {
    const [, line] = layOut(columns, [{ name: 'x\u001b[2J\r\n\u202ey', place: '', items: 1 }], 80, plain);
    expect(line).toMatch(/^x\ufffd\[2J\ufffd\ufffd\ufffdy /);
  });
});

it.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['abcd', 1, '…'],
  ['abcd', 0, ''],
])('"%s" in %d is "%s"', (text, width, cut) => {
  expect(cutTo(text, width)).toBe(cut);
});
