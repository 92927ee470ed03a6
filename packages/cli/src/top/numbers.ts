const scales = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
] as const;

/** `1,234,567`; from ten million on, `12.3M`. */
export function formatCount(value: number): string {
  const size = Math.abs(value);
  if (size < 1e7) return Math.round(value).toLocaleString('en-US');
  const [unit, suffix] = scales.find(([least]) => size >= least)!;
  return `${(value / unit).toFixed(1)}${suffix}`;
}

/** Per second: `0`, `0.4`, `1,234`. Undefined, as at first, is `-`. */
export function formatRate(value: number | undefined): string {
  if (value === undefined) return '-';
  return value > 0 && value < 9.95 ? value.toFixed(1) : formatCount(value);
}

/** `5s`, `3m 20s`, `2h 5m`, `3d 4h`. */
export function formatUptime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
}
