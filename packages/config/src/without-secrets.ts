import { secretName } from './secret-names.js';

/** A line that is shown, and the part of it that is marked. */
export interface MarkedLine {
  readonly line: string;
  /** In UTF-16 code units of the line. */
  readonly start: number;
  readonly end: number;
}

const hidden = '[REDACTED]';

const secretKey = new RegExp(String.raw`(?:^|[\s{,])(["']?)${secretName}\1(?:\s*:\s*|=)`, 'giu');
/** One whose colon was left out. */
const colonless = new RegExp(String.raw`^\s*(?:- +)*(["']?)${secretName}\1\s+(?=[^\s:=#])`, 'giu');
/** The entries of a list of headers. */
const headerValue = /(?:^|[\s{,])(["']?)value\1\s*:\s+/giu;
/** The entries of a map of headers. */
const header = /^\s*(?:- )?(["']?)[^\s"'{}[\],:]+\1\s*:\s+(?=[^\s{])/gu;
/** One of them in an option `--set`. */
const headerOption = /headers?(?:\.|::)[^=\s]+=/giu;
/** `scheme://user:password@host` */
const userInfo = /(?<=:\/\/[^\s/@:]*:)[^\s/@]+(?=@)/gu;

/** What is known of a line. */
export interface KnownOfLine {
  /** It stands among headers, any of which may be a secret. */
  readonly isHeader: boolean;
  /** What is marked is one: the line need not say so, as in a file that holds a token and nothing else. */
  readonly isMarkSecret?: boolean;
}

/**
 * A line of a configuration without its secrets: what stands beside a mistake may be one, and messages end in
 * logs and tickets.
 */
export function withoutSecrets(
  { line, start, end }: MarkedLine,
  { isHeader, isMarkSecret = false }: KnownOfLine,
): MarkedLine {
  let shown: MarkedLine = { line, start, end };
  const mark = isMarkSecret && start < line.length ? [{ start, end: Math.min(end, line.length) }] : [];
  // From the last to the first: what stands before is where it was.
  for (const part of secretsOf(line, isHeader, mark).toReversed()) shown = hide(shown, part);
  return shown;
}

interface Part {
  readonly start: number;
  readonly end: number;
}

function secretsOf(line: string, isHeader: boolean, known: readonly Part[]): Part[] {
  const patterns = [secretKey, colonless, ...(isHeader ? [headerValue, header, headerOption] : [])];
  const values = patterns
    .flatMap((pattern) => [...line.matchAll(pattern)])
    .flatMap((match) => {
      const start = match.index + match[0].length;
      const length = lengthOfValue(line.slice(start), /[{[]/.test(line.slice(0, start)));
      const isName = isHeader && /^\s*(?:- )?name\s*:/u.test(match[0]);
      return length === 0 || isName ? [] : [{ start, end: start + length }];
    });
  const passwords = [...line.matchAll(userInfo)].map(({ index, 0: text }) => ({
    start: index,
    end: index + text.length,
  }));
  const all = [...values, ...passwords, ...known].toSorted((a, b) => a.start - b.start || b.end - a.end);
  return all.filter((part, index) => !all.slice(0, index).some(({ end }) => part.start < end));
}

/** Up to the end of its quotes, of its entry within braces, or of the line. */
function lengthOfValue(text: string, isInBraces: boolean): number {
  // A reference is no secret, and of text in the lines below nothing is shown.
  if (/^["']?\$\{|^[|>][-+\d]*\s*$/u.test(text)) return 0;
  const quoted = /^"(?:\\.|[^"\\])*"|^'(?:''|[^'])*'/u.exec(text)?.[0];
  if (quoted !== undefined) return quoted.length;
  const value = isInBraces && !/^[[{"']/u.test(text) ? /^[^,}\]]*/u.exec(text)![0] : text;
  return value.trimEnd().length;
}

function hide({ line, start, end }: MarkedLine, part: Part): MarkedLine {
  const moved = (position: number, inside: number): number => {
    if (position <= part.start) return position;
    return position >= part.end ? position + hidden.length - (part.end - part.start) : inside;
  };
  return {
    line: line.slice(0, part.start) + hidden + line.slice(part.end),
    start: moved(start, part.start),
    end: moved(end, part.start + hidden.length),
  };
}
