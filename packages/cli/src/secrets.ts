import { isSecretKey } from '@tributary/config';
import type { Plain } from './to-yaml.js';

const hidden = '[REDACTED]';

/** Maps, or lists of name and value, of which each value may be a secret. */
const secretMap = /(?:^|_)headers$/i;
/** The password in a URL. */
const userInfo = /^([a-z][a-z0-9+.-]*:\/\/[^/@:]*:)[^/@]+@/i;

/** A configuration without its secrets. */
export function redacted(value: Plain): Plain {
  if (typeof value === 'string') return value.replace(userInfo, `$1${hidden}@`);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(redacted);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      isSecretKey(key) ? withoutText(inner) : secretMap.test(key) ? valuesHidden(inner) : redacted(inner),
    ]),
  );
}

function valuesHidden(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(hideValue);
  if (typeof value !== 'object' || value === null) return withoutText(value);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutText(inner)]));
}

/** Of `{ name, value }` the value. */
function hideValue(entry: Plain): Plain {
  if (typeof entry !== 'object' || entry === null || !('value' in entry)) return withoutText(entry);
  return { ...entry, value: hidden };
}

/** Nothing written is no secret. */
function withoutText(value: Plain): Plain {
  if (value === null || value === '' || typeof value === 'boolean') return value;
  return typeof value === 'object' ? mapValues(value) : hidden;
}

function mapValues(value: object): Plain {
  if (Array.isArray(value)) return value.map(() => hidden);
  return Object.fromEntries(Object.keys(value).map((key) => [key, hidden]));
}
