import { printable } from '../ask/printable.js';

/** How a piece of text stands out, where there are colours. */
export type Tone = 'plain' | 'strong' | 'bad';

/** Puts a tone on a text, or leaves it as it is. */
export type Paint = (text: string, tone: Tone) => string;

export interface Column<R> {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Columns of higher numbers go first where there is no room; those of 0 stay. */
  readonly rank: number;
  text(row: R): string;
  /** Default plain. */
  tone?(row: R): Tone;
}

/** Wider than that a name is of no use to those who have to scroll for the rest. */
const leastTextWidth = 8;
const gap = 2;

/**
 * Lines of a table, the titles first, none wider than `width`: where there is no room, columns are left out, then
 * texts cut, then lines.
 */
export function layOut<R>(
  columns: readonly Column<R>[],
  rows: readonly R[],
  width: number,
  paint: Paint,
): string[] {
  const cells = new Map(columns.map((column) => [column, rows.map((row) => printable(column.text(row)))]));
  const needs = new Map(
    columns.map((column) => [column, Math.max(...[column.title, ...cells.get(column)!].map(lengthOf))]),
  );
  const chosen = [...columns];
  const total = (): number =>
    chosen.reduce((sum, column) => sum + needs.get(column)!, gap * (chosen.length - 1));
  while (total() > width) {
    const rank = Math.max(...chosen.map((column) => column.rank));
    if (rank === 0) break;
    chosen.splice(
      chosen.findLastIndex((column) => column.rank === rank),
      1,
    );
  }
  while (total() > width) {
    const widest = chosen
      .filter(({ align }) => align === 'left')
      .toSorted((one, other) => needs.get(other)! - needs.get(one)!)[0];
    if (widest === undefined || needs.get(widest)! <= leastTextWidth) break;
    needs.set(widest, Math.max(leastTextWidth, needs.get(widest)! - (total() - width)));
  }

  function line(textOf: (column: Column<R>) => string, toneOf: (column: Column<R>) => Tone): string {
    let room = width;
    let text = '';
    chosen.forEach((column, index) => {
      const isLast = index === chosen.length - 1;
      const cell = fitted(textOf(column), needs.get(column)!, column.align, isLast);
      const piece = cutTo(`${index === 0 ? '' : ' '.repeat(gap)}${cell}`, room);
      room -= lengthOf(piece);
      text += paint(piece, toneOf(column));
    });
    return text;
  }

  return [
    line(
      ({ title }) => title,
      () => 'strong',
    ),
    ...rows.map((row, index) =>
      line(
        (column) => cells.get(column)![index]!,
        (column) => column.tone?.(row) ?? 'plain',
      ),
    ),
  ];
}

/** At most so long; what is cut off shows. */
export function cutTo(text: string, width: number): string {
  if (lengthOf(text) <= width) return text;
  return width <= 0
    ? ''
    : `${Array.from(text)
        .slice(0, width - 1)
        .join('')}…`;
}

function fitted(text: string, width: number, align: 'left' | 'right', isLast: boolean): string {
  const cut = cutTo(text, width);
  const space = ' '.repeat(width - lengthOf(cut));
  if (align === 'right') return `${space}${cut}`;
  return isLast ? cut : `${cut}${space}`;
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}
