import type { Diagnostic } from './diagnostic.js';
import { positionOf } from './position.js';
import { isSecretKey } from './secret-names.js';
import type { Place } from './tree.js';
import { withoutSecrets, type KnownOfLine } from './without-secrets.js';

/** How diagnostics are written. */
export interface FormatOptions {
  /** With the colours of a terminal. Default `false`. */
  readonly color?: boolean | undefined;
}

/** What is longer is not shown: its secrets would have to be looked for, for each mistake in it. */
const maxSearchedLine = 10_000;
/** What is longer is cut around the place: a line of JSON may be a whole file. */
const maxLineWidth = 120;

/**
 * Diagnostics as text for people: where, what, the line with the place underlined, what would be
 * right, and what belongs to it. In the order of the files and their lines; what has no place comes last.
 */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  { color = false }: FormatOptions = {},
): string {
  const paint = color ? colours : plain;
  return inOrder(diagnostics)
    .map((diagnostic) => formatOne(diagnostic, paint))
    .join('\n\n');
}

type Paint = Readonly<Record<'error' | 'warning' | 'strong' | 'frame', (text: string) => string>>;

const same = (text: string): string => text;
const plain: Paint = { error: same, warning: same, strong: same, frame: same };
const sgr =
  (code: number): ((text: string) => string) =>
  (text) =>
    `\u001b[${code}m${text}\u001b[0m`;
const colours: Paint = { error: sgr(31), warning: sgr(33), strong: sgr(1), frame: sgr(36) };

function formatOne(
  { code, severity, path, message, hint, place, related = [] }: Diagnostic,
  paint: Paint,
): string {
  const where = place === undefined ? '' : `${paint.strong(`${nameOf(place)}:`)} `;
  const about = path.length === 0 ? '' : `${path.join('.')}: `;
  const lines = [`${where}${paint[severity](`${severity}[${code}]`)}: ${clean(`${about}${message}`)}`];
  if (place !== undefined) lines.push(...excerpt(place, path, paint[severity], paint));
  if (hint !== undefined) lines.push(`  ${paint.frame('help:')} ${clean(hint)}`);
  for (const note of related) {
    const at =
      place !== undefined && nameOf(note.place) === nameOf(place) ? '' : `, at ${nameOf(note.place)}`;
    lines.push(`  ${paint.frame('note:')} ${clean(note.message.replace(/\.$/, ''))}${at}`);
  }
  return lines.join('\n');
}

/** `agent.yaml:12:7` */
function nameOf(place: Place): string {
  const { line, column } = positionOf(place);
  return clean(`${place.source.name}:${line}:${column}`);
}

/** The line of a place, and marks below it. */
function excerpt(
  { source, start, end }: Place,
  path: Diagnostic['path'],
  mark: (text: string) => string,
  paint: Paint,
): string[] {
  if (source.isSecret === true) return [];
  const position = positionOf({ source, start, end });
  const lineStart = start - (position.column - 1);
  const nextLine = source.text.indexOf('\n', start);
  const written = source.text.slice(lineStart, nextLine < 0 ? undefined : nextLine).replace(/\r$/, '');
  if (written.trim() === '' || written.length > maxSearchedLine) return [];
  const marked = { line: written, start: start - lineStart, end: end - lineStart };
  const { line, ...part } = withoutSecrets(marked, knownOf({ source, start, end }, path));
  const from = Math.min(part.start, line.length);
  const to = Math.max(from + 1, Math.min(part.end, line.length));
  const cutLeft = from > maxLineWidth - 20 ? from - 20 : 0;
  const cutRight = Math.min(line.length, cutLeft + maxLineWidth);
  const shown = clean(
    `${cutLeft > 0 ? '…' : ''}${line.slice(cutLeft, cutRight)}${cutRight < line.length ? '…' : ''}`,
  );
  const before = clean(`${cutLeft > 0 ? '…' : ''}${line.slice(cutLeft, from)}`);
  const width = Math.max(1, widthOf(line.slice(from, Math.min(to, cutRight))));
  const number = String(position.line);
  const gutter = ' '.repeat(number.length);
  return [
    `  ${paint.frame(`${number} |`)} ${shown}`,
    `  ${paint.frame(`${gutter} |`)} ${before.replace(/[^\t]/gu, (char) => ' '.repeat(widthOf(char)))}${mark('^'.repeat(width))}`,
  ];
}

/** What the way to a place says of its line. Marked keys and references are no secrets. */
function knownOf({ source, start, end }: Place, path: Diagnostic['path']): KnownOfLine {
  const keys = path.map(String);
  const headers = keys.findIndex((key) => /headers?$/i.test(key));
  const isSecret = keys.some(isSecretKey) || (headers >= 0 && headers < keys.length - 1);
  const marked = source.text.slice(start, end).replace(/^["']|["']$/g, '');
  const isMarkSecret = isSecret && !keys.includes(marked) && !marked.startsWith('${');
  return { isHeader: headers >= 0, isMarkSecret };
}

/** Columns that a text takes in a terminal: characters of East Asia and pictures take two. */
function widthOf(text: string): number {
  let width = 0;
  for (const char of text) {
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        char,
      )
        ? 2
        : /\p{M}/u.test(char)
          ? 0
          : 1;
  }
  return width;
}

/** In one line; text of a file must not steer a terminal. */
function clean(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(/(?!\t)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

const severities: readonly Diagnostic['severity'][] = ['error', 'warning'];

/** By the file that comes first, then by place; errors of a place before its warnings. */
function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sources = [...new Set(diagnostics.map(({ place }) => place?.source.name ?? ''))];
  const rank = ({ place }: Diagnostic): readonly [number, number] =>
    place === undefined ? [sources.length, 0] : [sources.indexOf(place.source.name), place.start];
  return diagnostics.toSorted((a, b) => {
    const [sourceA, startA] = rank(a);
    const [sourceB, startB] = rank(b);
    return (
      sourceA - sourceB || startA - startB || severities.indexOf(a.severity) - severities.indexOf(b.severity)
    );
  });
}
