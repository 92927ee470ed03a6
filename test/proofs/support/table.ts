/** Prints rows as a table: what a proof has counted, for whoever reads its output. */
export function printTable(title: string, rows: readonly Readonly<Record<string, string | number>>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const text = (value: string | number | undefined): string =>
    typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 1 }) : (value ?? '');
  const widths = columns.map((column) =>
    Math.max(...[column, ...rows.map((row) => text(row[column]))].map((cell) => cell.length)),
  );
  const line = (cells: readonly string[], isNumber: (column: number) => boolean): string =>
    `  ${cells.map((cell, i) => (isNumber(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ')}`;
  const isNumber = (i: number): boolean => typeof rows[0]?.[columns[i]!] === 'number';
  console.log(
    [
      title,
      line(columns, isNumber),
      ...rows.map((row) =>
        line(
          columns.map((column) => text(row[column])),
          isNumber,
        ),
      ),
    ].join('\n'),
  );
}
