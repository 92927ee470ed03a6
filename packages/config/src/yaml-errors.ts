import type { YAMLError } from 'yaml';

/** What is wrong with a text that is not YAML, where, and what would be right. */
export interface SyntaxProblem {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly start: number;
  readonly end: number;
}

/**
 * The errors of the YAML library as one problem in words for somebody who writes a configuration.
 *
 * One, since the rest follows from it: a quote that is not closed makes a dozen errors behind it. Of a text that is
 * secret nothing is cited.
 */
export function explainYamlErrors(
  errors: readonly YAMLError[],
  text: string,
  isSecret: boolean,
): SyntaxProblem | undefined {
  // A quote that stays open is found at its end, after what it has swallowed was complained about.
  const error = errors.find(({ message }) => message.startsWith('Missing closing')) ?? errors[0];
  if (error === undefined) return undefined;
  const line = lineAt(text, error.pos[0]);
  const problem = leftOver(line) ?? explain(error, line, text);
  const [start, end] = error.pos;
  return { start, end, ...(isSecret ? withoutText(problem) : problem) };
}

type Explanation = Pick<SyntaxProblem, 'message' | 'hint'> & Partial<SyntaxProblem>;

/** A line of the text. */
interface Line {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function lineAt(text: string, position: number): Line {
  const start = text.lastIndexOf('\n', position - 1) + 1;
  const next = text.indexOf('\n', position);
  const end = next === -1 ? text.length : next;
  return { text: text.slice(start, end).trimEnd(), start, end };
}

const notYaml = 'The text is not YAML here.';
const quotesForReference = 'Inside [ ] and { } a reference needs quotes: "${env:NAME}".';

function withoutText(problem: Explanation): Explanation {
  return { ...problem, message: notYaml, hint: undefined };
}

/** What others have left in the file. */
function leftOver(line: Line): Explanation | undefined {
  const at = { start: line.start, end: line.end };
  if (/^(<{7}|={7}|>{7})( |$)/.test(line.text))
    return {
      ...at,
      message: 'This line was left by a merge that is not finished.',
      hint: 'Decide for one side and remove the markers.',
    };
  if (/\{\{.*\}\}/.test(line.text))
    return {
      message: 'The text is not YAML here.',
      hint: 'The line has a template, {{ … }}, that was not filled in.',
    };
  return undefined;
}

function explain(error: YAMLError, line: Line, text: string): Explanation {
  const start = error.pos[0];
  const rest = line.text.slice(start - line.start);
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return { message: 'A tab cannot indent a line in YAML.', hint: 'Use spaces.' };
    case 'BAD_INDENT':
      return badIndent(error, line, text);
    case 'MULTILINE_IMPLICIT_KEY':
      return missingColon(line);
    case 'BLOCK_AS_IMPLICIT_KEY':
      return nestedOnOneLine(error, line, rest, text);
    case 'BLOCK_IN_FLOW':
      return {
        message: 'A map cannot stand here inside [ ] or { }.',
        hint: 'A text with ": " in it needs quotes.',
      };
    case 'MISSING_CHAR':
      return missing(error, line, rest, text);
    case 'BAD_SCALAR_START':
      return { message: `A value cannot begin with "${rest.charAt(0)}".`, hint: 'Put quotes around it.' };
    case 'BAD_ALIAS':
      return {
        message: `"${rest.charAt(0)}" begins an alias or an anchor, and a name must follow.`,
        hint: `A text that begins with it needs quotes: "${rest.charAt(0)}".`,
      };
    case 'BAD_DQ_ESCAPE':
      return {
        message: `"${/^\\./.exec(rest)?.[0] ?? '\\'}" means nothing in double quotes.`,
        hint: 'Use single quotes, in which "\\" is itself, or write it twice.',
      };
    case 'TAG_RESOLVE_FAILED':
      return {
        message: '"!" begins a tag, and this is none.',
        hint: 'A text that begins with "!" needs quotes.',
      };
    case 'UNEXPECTED_TOKEN':
      return unexpected(error, line, rest);
    default:
      return { message: `${error.message}.` };
  }
}

function badIndent({ message, pos }: YAMLError, line: Line, text: string): Explanation {
  if (message.startsWith('Flow')) {
    const [open, close] = message.includes('sequence') ? ['[', ']'] : ['{', '}'];
    return {
      message: `"${close}" is missing before this line.`,
      hint: `What "${open}" has begun ends with "${close}".`,
    };
  }
  const indent = indentOf(line.text);
  const above = lineAbove(text, line.start);
  const at = { start: Math.min(line.start + indent, line.end), end: Math.max(line.end, pos[0]) };
  if (message.startsWith('All mapping') && !line.text.includes(':')) return missingColon(line);
  return {
    ...at,
    message: `This line is indented by ${spaces(indent)}, and nothing above it that it could belong to is.`,
    hint:
      above === undefined || indentOf(above.text) === indent
        ? 'The keys of a map begin in one column, and so do the items of a list.'
        : `The line above is indented by ${spaces(indentOf(above.text))}; the keys of a map begin in one column.`,
  };
}

function missingColon(line: Line): Explanation {
  const indent = indentOf(line.text);
  const at = { start: line.start + indent, end: line.start + line.text.length };
  const [, glued] = /^\s*(?:- +)*([\w./-]+):[^\s/]/.exec(line.text) ?? [];
  if (glued !== undefined)
    return {
      ...at,
      message: `A space is missing after the ":" of "${glued}".`,
      // Not the value: it may be a secret.
      hint: `Write "${glued}: …".`,
    };
  const [, dashed] = /^\s*-([\w./]+:?)/.exec(line.text) ?? [];
  if (dashed !== undefined)
    return {
      ...at,
      message: 'A space is missing after the "-" of a list item.',
      hint: `Write "- ${dashed}".`,
    };
  const [word = ''] = line.text.trim().split(/\s/, 1);
  return {
    ...at,
    message: `":" is missing after "${short(word)}".`,
    hint: 'A key is written "key: value", or "key:" with its values indented below.',
  };
}

function nestedOnOneLine({ message }: YAMLError, line: Line, rest: string, text: string): Explanation {
  if (message.includes('sequence'))
    return {
      start: line.start + indentOf(line.text),
      end: line.start + line.text.length,
      message: 'A list item stands among the keys of a map.',
      hint: 'Indent the list below the key that it belongs to.',
    };
  if (/:(\s|$)/.test(rest))
    return {
      message: 'A value with ": " in it needs quotes.',
      // Not the value itself: it may be a secret.
      hint: 'Put the value in quotes, or the inner key on a line of its own.',
    };
  const below = lineBelow(text, line.end);
  const key = /^\s*(?:- +)*([^:]+):/.exec(line.text)?.[1];
  if (below === undefined || key === undefined) return { message: notYaml };
  return {
    message: `This line is indented as if it belonged to "${short(key)}", which has a value already.`,
    hint: 'The keys of a map begin in one column.',
    start: below.start + indentOf(below.text),
    end: below.start + below.text.length,
  };
}

function missing({ message, pos }: YAMLError, line: Line, rest: string, text: string): Explanation {
  if (message.startsWith('Missing closing')) {
    const quote = message.includes('"quote') ? '"' : "'";
    const open = text.lastIndexOf(quote, pos[0]);
    const at = open === -1 ? {} : { start: open, end: open + 1 };
    return {
      ...at,
      message: `The quote ${quote} that opens here is not closed.`,
      hint: 'Close it on the same line; further lines of a text are indented deeper than its key.',
    };
  }
  if (message.includes('between flow'))
    return line.text.slice(0, pos[0] - line.start).endsWith('$') || rest.startsWith('{')
      ? { message: '"," is missing between two values.', hint: quotesForReference }
      : { message: '"," is missing between two values.' };
  if (message.startsWith('Implicit map keys')) return missingColon(line);
  if (message.includes('must end with')) {
    const close = message.endsWith(']') ? ']' : '}';
    return { message: `"${close}" is missing at the end.` };
  }
  if (message.startsWith('Missing space after :')) return { message: 'A space is missing after ":".' };
  return { message: `${message}.` };
}

function unexpected({ message, pos }: YAMLError, line: Line, rest: string): Explanation {
  if (message.includes('block-seq-ind'))
    return {
      message: 'A list cannot begin on the line of its key.',
      hint: 'Begin it on the next line, or write it in brackets: [a, b].',
    };
  if (/flow-(seq|map)-end/.test(message)) return { message: `This "${rest.charAt(0)}" closes nothing.` };
  if (message.includes('Unexpected ,')) return { message: 'A value is missing before this ",".' };
  if (message.startsWith('Block scalar header'))
    return {
      message: 'Nothing may follow "|" or ">" on its line.',
      hint: 'The text begins on the next line, indented.',
    };
  if (message.includes('at node end'))
    return line.text.slice(0, pos[0] - line.start).endsWith('$') && rest.startsWith('{')
      ? { message: 'A value ends before this "{".', hint: quotesForReference }
      : {
          message: 'A value has ended before this.',
          hint: 'What begins with a quote or a bracket ends with it; put quotes around all of it.',
        };
  return { message: notYaml };
}

function lineAbove(text: string, start: number): Line | undefined {
  for (let end = start - 1; end > 0;) {
    const line = lineAt(text, end);
    if (/^\s*[^#\s]/.test(line.text)) return line;
    end = line.start - 1;
  }
  return undefined;
}

function lineBelow(text: string, end: number): Line | undefined {
  for (let start = end + 1; start < text.length;) {
    const line = lineAt(text, start);
    if (/^\s*[^#\s]/.test(line.text)) return line;
    start = line.end + 1;
  }
  return undefined;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function spaces(count: number): string {
  return count === 1 ? '1 space' : `${count} spaces`;
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
