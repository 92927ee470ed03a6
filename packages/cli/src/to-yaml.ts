/** A value as JSON has it; whole numbers may be larger. */
export type Plain =
  string | number | bigint | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** YAML in block style; text is quoted, as in JSON, wherever YAML could take it for something else. */
export function toYaml(value: Plain): string {
  return `${block(value, '').replace(/^[\n ]/, '')}\n`;
}

/** What stands behind a key or a dash: a space and a scalar, or lines of their own. */
function block(value: Plain, indent: string): string {
  if (typeof value !== 'object' || value === null) return ` ${scalar(value)}`;
  const lines = isList(value)
    ? value.map((item) => `${indent}-${inItem(item, `${indent}  `)}`)
    : Object.entries(value).map(([key, item]) => `${indent}${scalar(key)}:${block(item, `${indent}  `)}`);
  return lines.length === 0 ? (isList(value) ? ' []' : ' {}') : `\n${lines.join('\n')}`;
}

/** The first line of what a list holds stands behind its dash. */
function inItem(item: Plain, indent: string): string {
  const text = block(item, indent);
  return text.startsWith('\n') ? ` ${text.slice(1 + indent.length)}` : text;
}

/** A duration, or a letter first and nothing that YAML or the Collector reads: such text needs no quotes. */
const plainText = /^(?:[A-Za-z/][\w./@+-]*(?::[\w./@+-]+)*|(?:\d+(?:ns|us|ms|s|m|h))+)$/;
/** Words that are something else without quotes, in YAML 1.1 or 1.2. */
const words = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

function scalar(value: string | number | bigint | boolean | null): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  }
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string' && plainText.test(value) && !words.test(value)) return value;
  return JSON.stringify(value).replace(unprintable, escapeOf);
}

/** What YAML has escaped in a text, or takes for the end of a line, and JSON does not. */
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function escapeOf(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}
