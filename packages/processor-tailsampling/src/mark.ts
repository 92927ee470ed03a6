import { at, frameSize, readVarint, skipValue, writeVarint } from '@tributary/pdata/bytes';

/** Attributes that are set on scopes; `true` is the only value beside texts. */
export type Mark = Readonly<Record<string, string | true>>;

/** Fields of ScopeSpans, InstrumentationScope, KeyValue and AnyValue, as tags. */
const scopeTag = 0x0a;
const attributeTag = 0x1a;
const keyTag = 0x0a;
const valueTag = 0x12;
const textTag = 0x0a;
const booleanTag = 0x10;

/** The head of a `ScopeSpans` with attributes set on its scope, in the place of those with the same key. */
export function markScope(head: Buffer, mark: Mark): Buffer {
  const scope: Buffer[] = [];
  const rest: Buffer[] = [];
  for (const { tag, frame, body } of fields(head)) {
    if (tag !== scopeTag) rest.push(frame);
    else
      for (const field of fields(body)) if (!isMarked(field.tag, field.body, mark)) scope.push(field.frame);
  }
  for (const [key, value] of Object.entries(mark)) scope.push(attribute(key, value));
  return Buffer.concat([frameOf(scopeTag, Buffer.concat(scope)), ...rest]);
}

function isMarked(tag: number, body: Buffer, mark: Mark): boolean {
  if (tag !== attributeTag) return false;
  for (const field of fields(body)) {
    if (field.tag === keyTag) return Object.hasOwn(mark, field.body.toString());
  }
  return false;
}

function attribute(key: string, value: string | true): Buffer {
  const any = value === true ? Buffer.of(booleanTag, 1) : frameOf(textTag, Buffer.from(value));
  return frameOf(attributeTag, Buffer.concat([frameOf(keyTag, Buffer.from(key)), frameOf(valueTag, any)]));
}

/** The fields of a message; only of those with a length is the body more than nothing. */
function* fields(
  bytes: Buffer,
): Generator<{ readonly tag: number; readonly frame: Buffer; readonly body: Buffer }> {
  for (let position = 0; position < bytes.length;) {
    const from = position;
    const tag = readVarint(bytes, position);
    const value = at;
    position = skipValue(bytes, value, tag);
    let start = position;
    if ((tag & 7) === 2) {
      readVarint(bytes, value);
      start = at;
    }
    yield { tag, frame: bytes.subarray(from, position), body: bytes.subarray(start, position) };
  }
}

function frameOf(tag: number, body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(frameSize(tag, body.length));
  body.copy(out, writeVarint(out, writeVarint(out, 0, tag), body.length));
  return out;
}
