import { isUtf8 } from 'node:buffer';
import { resolvePlain, type PlainValue } from './plain-scalar.js';

/** The tag of a node in its short form: `!!int`, `!vault`; `undefined` where there is none, or one that says nothing. */
export function tagOf({ tag }: { readonly tag?: string }): string | undefined {
  return tag === '!' ? undefined : tag?.replace('tag:yaml.org,2002:', '!!');
}

/** The tags of scalars that mean something. Dates are text, whatever their tag. */
export const scalarTags: readonly string[] = [
  '!!str',
  '!!timestamp',
  '!!binary',
  '!!null',
  '!!bool',
  '!!int',
  '!!float',
];

/**
 * What a text is by its tag; `undefined` where it is no such thing. As in go-yaml, it is text behind a tag that
 * means nothing.
 */
export function taggedValue(tag: string, text: string): PlainValue | undefined {
  const value = resolvePlain(text);
  const isWhole = typeof value === 'bigint' || Number.isInteger(value);
  switch (tag) {
    case '!!binary':
      return textInBase64(text);
    case '!!null':
      return value === null ? value : undefined;
    case '!!bool':
      return typeof value === 'boolean' ? value : undefined;
    case '!!int':
      return isWhole ? value : undefined;
    case '!!float':
      return isWhole || typeof value === 'number' ? value : undefined;
    default:
      return text;
  }
}

/** No setting is anything but text. */
function textInBase64(text: string): string | undefined {
  const written = text.replace(/\s/g, '');
  const bytes = Buffer.from(written, 'base64');
  return bytes.toString('base64') === written && isUtf8(bytes) ? bytes.toString() : undefined;
}
