/**
 * The same text with what stands in brackets on one line: line ends and comments in them become spaces, so that every
 * position stays.
 *
 * go-yaml reads a list in brackets to its end however its lines are indented; the library holds that lines in it must
 * be indented, as YAML 1.2 says. `undefined` where there is nothing to change, or a bracket or a quote stays open.
 */
export function joinFlowLines(text: string): string | undefined {
  const parts: string[] = [];
  let kept = 0;
  let depth = 0;
  const blank = (start: number, end: number): void => {
    parts.push(text.slice(kept, start), ' '.repeat(end - start));
    kept = end;
  };
  for (let position = 0; position < text.length; position++) {
    const character = text[position]!;
    const before = text[position - 1] ?? '\n';
    const isStart = /[\s[{,:]/.test(before);
    if (character === '#' && /\s/.test(before)) {
      const end = lineEnd(text, position);
      if (depth > 0) blank(position, end);
      position = end - 1;
    } else if ((character === '"' || character === "'") && isStart) {
      const end = endOfQuoted(text, position);
      if (end === undefined) return undefined;
      position = end - 1;
    } else if ((character === '|' || character === '>') && isStart && depth === 0) {
      position = endOfBlock(text, position) - 1;
    } else if ((character === '[' || character === '{') && (depth > 0 || isStart)) {
      depth += 1;
    } else if ((character === ']' || character === '}') && depth > 0) {
      depth -= 1;
    } else if ((character === '\n' || character === '\r') && depth > 0) {
      blank(position, position + 1);
    }
  }
  return depth > 0 || parts.length === 0 ? undefined : parts.join('') + text.slice(kept);
}

function lineEnd(text: string, position: number): number {
  const end = text.indexOf('\n', position);
  return end === -1 ? text.length : end;
}

function endOfQuoted(text: string, start: number): number | undefined {
  const quote = text[start];
  for (let position = start + 1; position < text.length; position++) {
    if (text[position] === '\\' && quote === '"') position += 1;
    else if (text[position] !== quote) continue;
    else if (quote === "'" && text[position + 1] === quote) position += 1;
    else return position + 1;
  }
  return undefined;
}

/** The end of the lines that belong to a `|` or `>`: brackets in them are text. */
function endOfBlock(text: string, start: number): number {
  let end = lineEnd(text, start);
  if (!/^[|>][-+\d]*\s*(#.*)?$/.test(text.slice(start, end))) return start + 1;
  const head = text.slice(text.lastIndexOf('\n', start) + 1, start);
  const [, dashes = '', key = ''] = /^(\s*(?:-\s+)*)(.*)$/.exec(head) ?? [];
  const indent = key === '' ? dashes.lastIndexOf('-') : dashes.length;
  while (end < text.length) {
    const next = lineEnd(text, end + 1);
    const line = text.slice(end + 1, next);
    if (line.trim() !== '' && line.length - line.trimStart().length <= indent) break;
    end = next;
  }
  return end;
}
