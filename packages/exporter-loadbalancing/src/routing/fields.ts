import { at, readVarint, skipValue } from '@tributary/pdata/bytes';

/** A stretch of a message. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export const nothing: Stretch = { start: 0, end: 0 };

/** The body of a field with a length, the last of that tag; `undefined` where there is none. */
export function fieldOf(bytes: Buffer, { start, end }: Stretch, wanted: number): Stretch | undefined {
  let found: Stretch | undefined;
  for (let position = start; position < end;) {
    const tag = readVarint(bytes, position);
    const value = at;
    position = skipValue(bytes, value, tag);
    if (tag !== wanted) continue;
    readVarint(bytes, value);
    found = { start: at, end: position };
  }
  return found;
}

/** A number in a field, 0 where there is none. */
export function numberOf(bytes: Buffer, { start, end }: Stretch, wanted: number): number {
  let found = 0;
  for (let position = start; position < end;) {
    const tag = readVarint(bytes, position);
    const value = at;
    position = skipValue(bytes, value, tag);
    if (tag === wanted) found = readVarint(bytes, value);
  }
  return found;
}

/** The bodies of all fields of a tag. */
export function fieldsOf(bytes: Buffer, { start, end }: Stretch, wanted: number): readonly Stretch[] {
  const found: Stretch[] = [];
  for (let position = start; position < end;) {
    const tag = readVarint(bytes, position);
    const value = at;
    position = skipValue(bytes, value, tag);
    if (tag !== wanted) continue;
    readVarint(bytes, value);
    found.push({ start: at, end: position });
  }
  return found;
}

export function textOf(bytes: Buffer, stretch: Stretch | undefined): string {
  return stretch === undefined ? '' : bytes.toString('utf8', stretch.start, stretch.end);
}
