import { RE2JS } from 're2js';

/**
 * Puts `template` in the place of all that a regular expression matches; `$1` and `${name}` stand in it for groups, and
 * `$$` for a dollar, as in Go.
 *
 * @throws Error where the expression is none of RE2
 */
export function createReplacer(pattern: string, template: string): (text: string) => string {
  const compiled = RE2JS.compile(pattern);
  const parts = partsOf(template);
  return (text) => {
    if (!compiled.test(text)) return text;
    const matcher = compiled.matcher(text);
    let out = '';
    let at = 0;
    while (matcher.find()) {
      out += text.slice(at, matcher.start());
      for (const part of parts) out += 'text' in part ? part.text : groupOf(matcher, part.group);
      at = matcher.end();
    }
    return out + text.slice(at);
  };
}

type Part = { readonly text: string } | { readonly group: string };

/** As Go reads it: `$1x` is the group `1x`, and `${1}x` the first one and an x. */
function partsOf(template: string): Part[] {
  const parts: Part[] = [];
  const variable = /\$(?:\$|\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))/g;
  let at = 0;
  for (const match of template.matchAll(variable)) {
    parts.push({ text: template.slice(at, match.index) });
    const group = match[1] ?? match[2];
    parts.push(group === undefined ? { text: '$' } : { group });
    at = match.index + match[0].length;
  }
  parts.push({ text: template.slice(at) });
  return parts;
}

/** A group that is not there is empty, as in Go. */
function groupOf(matcher: ReturnType<RE2JS['matcher']>, group: string): string {
  try {
    return matcher.group(/^\d+$/.test(group) ? Number(group) : group) ?? '';
  } catch {
    return '';
  }
}
