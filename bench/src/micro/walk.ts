const resourceSpans = 10;
const scopeSpans = 18;
const spans = 18;

/**
 * Walks every top-level field of every span by hand, and sums where trace IDs,
 * times and status stand: the least that any model of data in wire form has to do.
 */
export function walkFields(bytes: Uint8Array): number {
  let sum = 0;
  for (let position = 0; position < bytes.length; position = next) {
    if (readHead(bytes, position) === resourceSpans) sum += walkGroup(bytes, body, next);
  }
  return sum;
}

// Where the field's value starts that `readHead` has read, and where it ends.
let body = 0;
let next = 0;

function walkGroup(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let position = start; position < end;) {
    const tag = readHead(bytes, position);
    position = next;
    if (tag === scopeSpans) sum += walkScope(bytes, body, next);
  }
  return sum;
}

function walkScope(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let position = start; position < end;) {
    const tag = readHead(bytes, position);
    position = next;
    if (tag === spans) sum += walkSpan(bytes, body, next);
  }
  return sum;
}

function walkSpan(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let position = start; position < end; position = next) {
    switch (readHead(bytes, position)) {
      case 10: // trace_id
      case 57: // start_time_unix_nano
      case 65: // end_time_unix_nano
      case 122: // status
        sum += body;
    }
  }
  return sum;
}

/** Reads a tag of one or two bytes and finds the end of the value. */
function readHead(bytes: Uint8Array, position: number): number {
  let tag = bytes[position++]!;
  if (tag > 127) tag = (tag & 127) | (bytes[position++]! << 7);
  switch (tag & 7) {
    case 0:
      body = position;
      while (bytes[position++]! > 127);
      next = position;
      return tag;
    case 1:
      body = position;
      next = position + 8;
      return tag;
    case 2: {
      let length = bytes[position++]!;
      for (let shift = 7; length >>> shift !== 0; shift += 7) {
        length = (length & ((1 << shift) - 1)) | (bytes[position++]! << shift);
      }
      body = position;
      next = position + length;
      return tag;
    }
    default:
      body = position;
      next = position + 4;
      return tag;
  }
}
