/** Attributes, or what is wrong with the text. */
export type ParsedAttributes =
  { readonly attributes: ReadonlyMap<string, string> } | { readonly problem: string };

const maxLength = 256;

/**
 * `key=value,key2=value2`, as the Collector reads it: ASCII, keys of 1 to 256 characters and values of up to 256, blanks
 * around both are dropped; values are decoded as in a query (`%2C` is a comma, `+` a blank), keys are not. One mistake
 * makes all of it void.
 */
export function parseResourceAttributes(text: string): ParsedAttributes {
  const attributes = new Map<string, string>();
  let position = 0;
  while (position < text.length) {
    const start = position + leadingBlanks(text.slice(position));
    // A key ends at the first `=` behind its first character, and so it may have commas.
    const equals = text.indexOf('=', start + 1);
    const comma = text.indexOf(',', equals + 1);
    const end = comma < 0 || equals < 0 ? text.length : comma;
    const part = text.slice(position, end);
    const key = trimmed(text.slice(start, Math.max(equals, start)));
    const value = trimmed(text.slice(equals + 1, end));
    if (key === '' || !isShortAscii(key) || !isShortAscii(value)) {
      const kind = part === text ? 'invalid resource format: ' : 'invalid resource format, invalid text: ';
      return { problem: kind + quoted(part) };
    }
    const decoded = queryUnescaped(value);
    if ('problem' in decoded) {
      const what = quoted(text.slice(position, end + 1));
      return { problem: `invalid resource format in attribute: ${what}, err: ${decoded.problem}` };
    }
    attributes.set(key, decoded.text);
    position = end + 1;
  }
  return { attributes };
}

/** Blanks of Go's `\s`. */
function trimmed(text: string): string {
  return text.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '');
}

function leadingBlanks(text: string): number {
  return /^[\t\n\f\r ]*/.exec(text)![0].length;
}

function isShortAscii(text: string): boolean {
  if (text.length > maxLength) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/** As Go's `url.QueryUnescape`. Bytes that are not UTF-8 become U+FFFD, since a strict backend refuses the batch for them. */
function queryUnescaped(text: string): { readonly text: string } | { readonly problem: string } {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character === '%') {
      const digits = text.slice(i + 1, i + 3);
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) return { problem: `invalid URL escape ${quoted(`%${digits}`)}` };
      bytes.push(Number.parseInt(digits, 16));
      i += 2;
    } else bytes.push(character === '+' ? 32 : character.charCodeAt(0));
  }
  return { text: Buffer.from(bytes).toString('utf8') };
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
