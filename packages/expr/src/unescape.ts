const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
};
const escape = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([^]?))/g;

/** What stands between quotes, as Go reads it. `fail` is told of an escape that means nothing, and must throw. */
export function unescape(text: string, fail: (escaped: string, index: number) => never): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(
    escape,
    (whole, hex?: string, short?: string, long?: string, octal?: string, letter?: string, index = 0) => {
      const code = hex ?? short ?? long;
      if (code !== undefined) {
        const point = Number.parseInt(code, 16);
        return point > 0x10ffff ? fail(whole, index) : String.fromCodePoint(point);
      }
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      return letter !== undefined && Object.hasOwn(simple, letter) ? simple[letter]! : fail(whole, index);
    },
  );
}
