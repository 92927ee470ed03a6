/** `type`, or `type/name`, its halves trimmed. */
export interface Id {
  readonly type: string;
  readonly name: string | undefined;
  /** The two put together again: ids are equal when this is. */
  readonly text: string;
}

const typePattern = /^[a-zA-Z][0-9a-zA-Z_]{0,62}$/;
const namePattern = /^[^\p{Z}\p{C}\p{S}]+$/u;
const maxNameLength = 1024;

/** The id that a key holds, or what is wrong with it, in the Collector's words. */
export function parseId(text: string): Id | string {
  const quoted = JSON.stringify(text);
  const slash = text.indexOf('/');
  const type = (slash < 0 ? text : text.slice(0, slash)).trim();
  const name = slash < 0 ? undefined : text.slice(slash + 1).trim();
  if (type === '') {
    return slash < 0 ? 'id must not be empty' : `in ${quoted} id: the part before / should not be empty`;
  }
  if (name === '') return `in ${quoted} id: the part after / should not be empty`;
  if (!typePattern.test(type)) return `in ${quoted} id: invalid character(s) in type ${JSON.stringify(type)}`;
  if (name === undefined) return { type, name, text: type };
  const length = Buffer.byteLength(name);
  if (length > maxNameLength) {
    return `in ${quoted} id: the name is longer than ${maxNameLength} characters (${length} characters)`;
  }
  if (!namePattern.test(name)) return `in ${quoted} id: invalid character(s) in name ${JSON.stringify(name)}`;
  return { type, name, text: `${type}/${name}` };
}

/** How a key that is no id is written, where the mistake is one that many make. */
export function hintOfId(text: string): string | undefined {
  const [unseen] = /[\p{C}\u00a0]/u.exec(text) ?? [];
  if (unseen !== undefined) {
    const code = unseen.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    return `it has a character that is not to be seen, U+${code}`;
  }
  if (text.includes('${')) return 'references are expanded in values, not in keys';
  return /\S\s*\/\s*\S/.test(text) ? 'a name has no spaces, and no symbols such as "=" or "$"' : undefined;
}

/** The same of what stands in a list: `[debug otlp]` has no comma. */
export function hintOfListedId(text: string): string | undefined {
  const parts = text.trim().split(/[\s,]+/);
  const areIds = parts.length > 1 && parts.every((part) => typeof parseId(part) !== 'string');
  return areIds ? `separate ids by commas: ${parts.join(', ')}` : hintOfId(text);
}
