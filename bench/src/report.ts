import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

export type Cell = string | number | undefined;

/** What is printed, and kept for a document. */
export class Report {
  #text = '';

  say(text: string): void {
    console.log(text);
    this.#text += `${text}\n`;
  }

  /** Prints the head of a table in Markdown, whose first column is wide; what is returned prints a row. */
  table(titles: readonly string[]): (cells: readonly Cell[]) => void {
    const width = (i: number): number => (i === 0 ? firstWidth : Math.max(minWidth, titles[i]!.length));
    const line = (cells: readonly Cell[]): string =>
      `| ${titles.map((_, i) => shown(cells[i]).padEnd(width(i))).join(' | ')} |`;
    this.say(`\n${line(titles)}\n${line(titles.map((_, i) => '-'.repeat(width(i))))}`);
    return (cells) => this.say(line(cells));
  }

  /** Writes what was said into a file, between the line `<!-- bench: place -->` and the next `<!-- end -->`. */
  writeTo(file: string, place: string): void {
    const before = readFileSync(file, 'utf8');
    const mark = `<!-- bench: ${place} -->\n`;
    const start = before.indexOf(mark) + mark.length;
    const end = before.indexOf('<!-- end -->', start);
    if (!before.includes(mark) || end < 0) throw new Error(`${file} has no place "${mark.trim()}"`);
    writeFileSync(file, `${before.slice(0, start)}\n${this.#text}\n${before.slice(end)}`);
  }
}

const firstWidth = 52;
const minWidth = 9;

/** Counts as they are, what was measured with three figures that count. */
function shown(cell: Cell): string {
  if (typeof cell !== 'number' || Number.isInteger(cell)) return String(cell ?? '');
  if (Number.isNaN(cell)) return 'none';
  const digits = 2 - Math.floor(Math.log10(Math.abs(cell)));
  return cell.toFixed(Math.min(3, Math.max(0, digits)));
}

export function machine(): string {
  return `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`;
}

/** Of what is read from each run; `NaN` where one has nothing to read. */
export function medianOf<Run>(runs: readonly Run[], read: (run: Run) => number | undefined): number {
  const values = runs.map((run) => read(run) ?? Number.NaN).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)]!;
}

/** The value below which a share of all lies; `NaN` of none. */
export function quantileOf(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

export function sumOf<Run>(runs: readonly Run[], read: (run: Run) => number): number {
  return runs.reduce((sum, run) => sum + read(run), 0);
}
