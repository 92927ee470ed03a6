import { createHash } from 'node:crypto';
import type { StorageOwner } from '@tributary/component';

/** Longest name of a file that every file system takes, less what is put behind it. */
const maxNameBytes = 200;

/**
 * The name of a store, as the Collector makes it: `<kind>_<type>_<name>`, and `_<storage name>` where there is one.
 * What is neither a letter, a digit, `.`, `_` nor `-` is `~` and four hexadecimal digits. Too long ones end in a
 * hash of the whole.
 */
export function storeName({ kind, id, storeId = id, name = '' }: StorageOwner): string {
  const slash = storeId.indexOf('/');
  const [type, ofType] = slash < 0 ? [storeId, ''] : [storeId.slice(0, slash), storeId.slice(slash + 1)];
  const whole = [kind, type, ofType, ...(name === '' ? [] : [name])].join('_');
  const safe = whole.replaceAll(/[^A-Za-z0-9._-]/g, (unit) => {
    return `~${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
  if (safe.length <= maxNameBytes) return safe;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 16);
  return `${safe.slice(0, maxNameBytes - hash.length - 1)}~${hash}`;
}
