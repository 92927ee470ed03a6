const resourceSpans = 10;
const scopeSpans = 18;
const spans = 18;

/**
 * Walks every top-level field of every span by hand, and sums where trace IDs,
 * times and status stand: the least that any model of data in wire form has to do.
 * Reads the load of this benchmark only: it checks nothing.
 */
export function walkFields(bytes: Uint8Array): number {
  return walkGroups(bytes, 0, bytes.length, resourceSpans, (groupStart, groupEnd) =>
    walkGroups(bytes, groupStart, groupEnd, scopeSpans, (scopeStart, scopeEnd) =>
      walkSpans(bytes, scopeStart, scopeEnd),
    ),
  );
}

/** Where the body starts whose length was read last. */
let body = 0;

function walkGroups(
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: number,
  visit: (start: number, end: number) => number,
): number {
  let sum = 0;
  for (let position = start; position < end;) {
    const tag = bytes[position]!;
    position = endOfBody(bytes, position + 1);
    if (tag === wanted) sum += visit(body, position);
  }
  return sum;
}

function walkSpans(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let position = start; position < end;) {
    const tag = bytes[position]!;
    position = endOfBody(bytes, position + 1);
    if (tag === spans) sum += walkSpan(bytes, body, position);
  }
  return sum;
}

function walkSpan(bytes: Uint8Array, start: number, end: number): number {
  let traceId = 0;
  let times = 0;
  let status = 0;
  for (let position = start; position < end;) {
    const tag = bytes[position++]!;
    switch (tag & 7) {
      case 0:
        while (bytes[position++]! > 127);
        break;
      case 1:
        times += position;
        position += 8;
        break;
      case 2: {
        const length = bytes[position]!;
        const next = length < 128 ? position + 1 + length : endOfBody(bytes, position);
        if (tag === 10) traceId = position;
        else if (tag === 122) status = position;
        position = next;
        break;
      }
      default:
        position += 4;
    }
  }
  return traceId + times + status;
}

function endOfBody(bytes: Uint8Array, position: number): number {
  let length = 0;
  let byte: number;
  let shift = 0;
  do {
    byte = bytes[position++]!;
    length |= (byte & 127) << shift;
    shift += 7;
  } while (byte > 127);
  body = position;
  return position + length;
}
