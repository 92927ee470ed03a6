import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseMarkdown, type Link } from './markdown.js';

/**
 * The links of a Markdown file that lead nowhere, as `line: what is wrong`. Checked are relative ones: the
 * file, its anchor or line number, and, where a source file is linked, the name in the link's text: it
 * stands in code style and is declared in that file.
 */
export function brokenLinks(file: string): string[] {
  const { links, anchors } = parseMarkdown(readFileSync(file, 'utf8'));
  return links.flatMap((link) => {
    const problem = /^[a-z]+:/.test(link.target) ? undefined : problemOf(link, file, anchors);
    return problem === undefined ? [] : [`${link.line}: [${link.text}](${link.target}) ${problem}`];
  });
}

function problemOf(
  { text, target }: Link,
  from: string,
  ownAnchors: ReadonlySet<string>,
): string | undefined {
  const [pathPart = '', anchor] = target.split('#');
  if (pathPart === '') return ownAnchors.has(anchor ?? '') ? undefined : 'names no heading of this file';
  const file = path.resolve(path.dirname(from), decodeURI(pathPart));
  if (!existsSync(file)) return 'leads to no file';
  const isSource = /\.m?ts$/.test(file);
  if (anchor === undefined && !isSource) return undefined;
  const content = readFileSync(file, 'utf8');
  if (isSource) return problemOfSource(text, anchor, content);
  return parseMarkdown(content).anchors.has(anchor ?? '') ? undefined : 'names no heading of that file';
}

function problemOfSource(text: string, anchor: string | undefined, content: string): string | undefined {
  const code = /^`(.+)`$/.exec(text)?.[1];
  if (code === undefined) return 'names no symbol: the text of a link to a source is a name in code style';
  const lines = content.split('\n');
  if (anchor !== undefined) {
    const [, first, last] = /^L(\d+)(?:-L(\d+))?$/.exec(anchor) ?? [];
    if (first === undefined) return 'has an anchor that is no line number';
    const part = lines.slice(Number(first) - 1, Number(last ?? first)).join('\n');
    return part.includes(code.replace(/\(\)$/, '')) ? undefined : `names ${code}, which does not stand there`;
  }
  if (/[/]|\.m?ts$/.test(code)) return undefined; // The link shows the file itself.
  const missing = code
    .replace(/\(\)$/, '')
    .split('.')
    .find((name) => !declares(content, name));
  return missing === undefined ? undefined : `names ${missing}, which that file does not declare`;
}

/** Whether a source file declares a function, type, variable, method or property of that name. */
function declares(content: string, name: string): boolean {
  const escaped = name.replace(/[$]/g, '\\$&');
  const declaration = `\\b(?:function\\*?|class|interface|type|const|let)\\s+${escaped}(?![\\w$])`;
  const member = `^\\s+(?:(?:private|protected|static|readonly|abstract|override|async|get|set)\\s+)*\\*?#?${escaped}\\s*[(<?:=,]`;
  return new RegExp(`${declaration}|${member}`, 'm').test(content);
}
