import { parseDuration } from '@tributary/component';

/** Files and variables often end so, and nobody sees it. */
export function hintOfLineEnd(text: string): string | undefined {
  return /\S\r?\n$/.test(text)
    ? 'the text ends with a line break: write it without one, or "|-" in place of "|"'
    : undefined;
}

/** How what somebody wrote is written rightly, where a mistake is one that many make. */
export function hintOfText(text: string, message: string): string | undefined {
  if (/[“”„‘’]/u.test(text)) return 'quotes of this shape are part of the text: write " or no quotes';
  if (/^\$[A-Za-z_]\w*|\$\(|\$\{[^}]*$|^%\w+%$/.test(text)) {
    return 'an environment variable is written ${env:NAME}';
  }
  if (message.includes('missing port in address') && text !== '') {
    return /^\d+$/.test(text) ? `write the host, too: "localhost:${text}"` : `add a port: "${text}:4317"`;
  }
  if (message.includes('too many colons in address')) return colonsHint(text);
  if (message.includes('must be a duration')) return durationHint(text);
  if (message.includes('begins with http://') && /^[\w.-]+:\d+(\/.*)?$/.test(text)) {
    return `write "http://${text}" or "https://${text}"`;
  }
  return undefined;
}

function colonsHint(text: string): string {
  const [, withoutScheme] = /^[a-z]+:\/\/([^/]*)/i.exec(text) ?? [];
  if (withoutScheme !== undefined) return `leave the scheme out: "${withoutScheme}"`;
  return 'an IPv6 address stands in brackets: "[::1]:4317"';
}

function durationHint(text: string): string | undefined {
  const [, count, unit = ''] = /^(\d+) *([a-z]+)$/i.exec(text.trim()) ?? [];
  if (count === undefined) return undefined;
  if (/^d(ays?)?$/i.test(unit)) return `write "${Number(count) * 24}h": there are no days`;
  const short = `${count}${/^min/i.test(unit) ? 'm' : /^(ms|milli)/i.test(unit) ? 'ms' : unit[0]!.toLowerCase()}`;
  return parseDuration(short) === undefined ? undefined : `write "${short}"`;
}

/** The same where a number is wanted. */
export function hintOfNumber(text: string): string | undefined {
  if (/^\d{1,3}([,_ ]\d{3})+$/.test(text)) return `write ${text.replace(/\D/g, '')}`;
  const [, unit] = /^\d+(?:\.\d+)?\s*([a-z]+|%)$/i.exec(text) ?? [];
  return unit === undefined ? undefined : `write a number alone, without "${unit}"`;
}
