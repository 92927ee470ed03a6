// Written by `npm run generate` from schema.ts. Do not edit.

import type { MessageName } from '../messages.js';

import { at, isPackedVarints, isText, longEnd, longVarint, maxDepth, unknownField } from '../check-fields.js';

/** Groups and records that may still come. */
export let room = 0;
export function setRoom(items: number): void {
  room = items;
}

/** A short key and a short value, in this order. */
function isKeyValue(bytes: Buffer, position: number, end: number, depth: number): boolean {
  if (bytes[position] === 10 && bytes[position + 1]! < 128) {
    const middle = position + 2 + bytes[position + 1]!;
    const size = end - middle - 2;
    if (size >= 0 && size < 128 && bytes[middle] === 18 && bytes[middle + 1] === size) {
      return (
        depth !== maxDepth &&
        isText(bytes, position + 2, middle) &&
        isAnyValue(bytes, middle + 2, end, depth + 1)
      );
    }
  }
  return isKeyValueOfAnyForm(bytes, position, end, depth);
}

/** A short text. */
function isAnyValue(bytes: Buffer, position: number, end: number, depth: number): boolean {
  const size = end - position - 2;
  if (size >= 0 && size < 128 && bytes[position] === 10 && bytes[position + 1] === size) {
    return isText(bytes, position + 2, end);
  }
  return isAnyValueOfAnyForm(bytes, position, end, depth);
}

function isAnyValueOfAnyForm(bytes: Buffer, position: number, end: number, depth: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // string_value
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 16: // bool_value
      case 24: // int_value
      case 64: {
        // string_value_strindex
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 33: {
        // double_value
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        position += 8;
        continue;
      }
      case 42: {
        // array_value
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || depth === maxDepth || !isArrayValue(bytes, position, next, depth + 1)) return false;
        position = next;
        continue;
      }
      case 50: {
        // kvlist_value
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || depth === maxDepth || !isKeyValueList(bytes, position, next, depth + 1))
          return false;
        position = next;
        continue;
      }
      case 58: {
        // bytes_value
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 510);
  }
  return position === end;
}

function isArrayValue(bytes: Buffer, position: number, end: number, depth: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // values
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || depth === maxDepth || !isAnyValue(bytes, position, next, depth + 1)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 2);
  }
  return position === end;
}

function isKeyValueList(bytes: Buffer, position: number, end: number, depth: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // values
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || depth === maxDepth || !isKeyValue(bytes, position, next, depth + 1)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 2);
  }
  return position === end;
}

function isKeyValueOfAnyForm(bytes: Buffer, position: number, end: number, depth: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // key
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 18: {
        // value
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || depth === maxDepth || !isAnyValue(bytes, position, next, depth + 1)) return false;
        position = next;
        continue;
      }
      case 24: {
        // key_strindex
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end;
}

function isScope(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 26: {
        // attributes
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isKeyValue(bytes, position, next, 4)) return false;
        position = next;
        continue;
      }
      case 10: {
        // name
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 18: {
        // version
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 32: {
        // dropped_attributes_count
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 30);
  }
  return position === end;
}

function isEntityRef(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // schema_url
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 18: {
        // type
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 26: // id_keys
      case 34: {
        // description_keys
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 30);
  }
  return position === end;
}

function isResource(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // attributes
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isKeyValue(bytes, position, next, 3)) return false;
        position = next;
        continue;
      }
      case 26: {
        // entity_refs
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isEntityRef(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 16: {
        // dropped_attributes_count
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end;
}

function isTracesRequest(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // resource_spans
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isResourceSpans(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 2);
  }
  return position === end;
}

function isResourceSpans(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: {
        // scope_spans
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isScopeSpans(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 10: {
        // resource
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isResource(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 26: {
        // schema_url
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end;
}

function isScopeSpans(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: {
        // spans
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isSpan(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 10: {
        // scope
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isScope(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 26: {
        // schema_url
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end;
}

function isSpan(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 74: {
        // attributes
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isKeyValue(bytes, position, next, 4)) return false;
        position = next;
        continue;
      }
      case 90: {
        // events
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isSpanEvent(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 106: {
        // links
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isSpanLink(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 10: {
        // trace_id
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        const length = bytes[position++]!;
        if (length !== 16 && length !== 0) return false;
        position += length;
        continue;
      }
      case 18: {
        // span_id
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        const length = bytes[position++]!;
        if (length !== 8 && length !== 0) return false;
        position += length;
        continue;
      }
      case 26: {
        // trace_state
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 34: {
        // parent_span_id
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        const length = bytes[position++]!;
        if (length !== 8 && length !== 0) return false;
        position += length;
        continue;
      }
      case 42: {
        // name
        if ((seen & 16) !== 0) return false;
        seen |= 16;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 48: {
        // kind
        if ((seen & 32) !== 0) return false;
        seen |= 32;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 57: {
        // start_time_unix_nano
        if ((seen & 64) !== 0) return false;
        seen |= 64;
        position += 8;
        continue;
      }
      case 65: {
        // end_time_unix_nano
        if ((seen & 128) !== 0) return false;
        seen |= 128;
        position += 8;
        continue;
      }
      case 80: {
        // dropped_attributes_count
        if ((seen & 256) !== 0) return false;
        seen |= 256;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 96: {
        // dropped_events_count
        if ((seen & 512) !== 0) return false;
        seen |= 512;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 112: {
        // dropped_links_count
        if ((seen & 1024) !== 0) return false;
        seen |= 1024;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 122: {
        // status
        if ((seen & 2048) !== 0) return false;
        seen |= 2048;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isStatus(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 133: {
        // flags
        if (bytes[position] !== 1) break;
        position++;
        if ((seen & 4096) !== 0) return false;
        seen |= 4096;
        position += 4;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 131070);
  }
  return position === end;
}

function isSpanEvent(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 26: {
        // attributes
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isKeyValue(bytes, position, next, 5)) return false;
        position = next;
        continue;
      }
      case 9: {
        // time_unix_nano
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        position += 8;
        continue;
      }
      case 18: {
        // name
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 32: {
        // dropped_attributes_count
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 30);
  }
  return position === end;
}

function isSpanLink(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 34: {
        // attributes
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isKeyValue(bytes, position, next, 5)) return false;
        position = next;
        continue;
      }
      case 10: {
        // trace_id
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        const length = bytes[position++]!;
        if (length !== 16 && length !== 0) return false;
        position += length;
        continue;
      }
      case 18: {
        // span_id
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        const length = bytes[position++]!;
        if (length !== 8 && length !== 0) return false;
        position += length;
        continue;
      }
      case 26: {
        // trace_state
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 40: {
        // dropped_attributes_count
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 53: {
        // flags
        if ((seen & 16) !== 0) return false;
        seen |= 16;
        position += 4;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 126);
  }
  return position === end;
}

function isStatus(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: {
        // message
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 24: {
        // code
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 12);
  }
  return position === end;
}

function isMetricsRequest(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // resource_metrics
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isResourceMetrics(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 2);
  }
  return position === end;
}

function isResourceMetrics(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: {
        // scope_metrics
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isScopeMetrics(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 10: {
        // resource
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isResource(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 26: {
        // schema_url
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end;
}

function isScopeMetrics(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: {
        // metrics
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isMetric(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 10: {
        // scope
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isScope(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 26: {
        // schema_url
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end;
}

function isMetric(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 98: {
        // metadata
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isKeyValue(bytes, position, next, 4)) return false;
        position = next;
        continue;
      }
      case 10: {
        // name
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 18: {
        // description
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 26: {
        // unit
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 42: {
        // gauge
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isGauge(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 58: {
        // sum
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isSum(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 74: {
        // histogram
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isHistogram(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 82: {
        // exponential_histogram
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isExponentialHistogram(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 90: {
        // summary
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isSummary(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 7854);
  }
  return position === end;
}

function isGauge(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // data_points
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isNumberDataPoint(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 2);
  }
  return position === end;
}

function isSum(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // data_points
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isNumberDataPoint(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 16: {
        // aggregation_temporality
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 24: {
        // is_monotonic
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end;
}

function isHistogram(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // data_points
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isHistogramDataPoint(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 16: {
        // aggregation_temporality
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 6);
  }
  return position === end;
}

function isExponentialHistogram(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // data_points
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isExponentialHistogramDataPoint(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 16: {
        // aggregation_temporality
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 6);
  }
  return position === end;
}

function isSummary(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // data_points
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isSummaryDataPoint(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 2);
  }
  return position === end;
}

function isNumberDataPoint(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 42: {
        // exemplars
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isExemplar(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 58: {
        // attributes
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isKeyValue(bytes, position, next, 6)) return false;
        position = next;
        continue;
      }
      case 17: {
        // start_time_unix_nano
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        position += 8;
        continue;
      }
      case 25: {
        // time_unix_nano
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        position += 8;
        continue;
      }
      case 33: // as_double
      case 49: {
        // as_int
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        position += 8;
        continue;
      }
      case 64: {
        // flags
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 508);
  }
  return position === end;
}

function isHistogramDataPoint(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 66: {
        // exemplars
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isExemplar(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 74: {
        // attributes
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isKeyValue(bytes, position, next, 6)) return false;
        position = next;
        continue;
      }
      case 17: {
        // start_time_unix_nano
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        position += 8;
        continue;
      }
      case 25: {
        // time_unix_nano
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        position += 8;
        continue;
      }
      case 33: {
        // count
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        position += 8;
        continue;
      }
      case 41: {
        // sum
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        position += 8;
        continue;
      }
      case 49: // bucket_counts
      case 57: {
        // explicit_bounds
        position += 8;
        continue;
      }
      case 50: // bucket_counts
      case 58: {
        // explicit_bounds
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || (next - position) % 8 !== 0) return false;
        position = next;
        continue;
      }
      case 80: {
        // flags
        if ((seen & 16) !== 0) return false;
        seen |= 16;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 89: {
        // min
        if ((seen & 32) !== 0) return false;
        seen |= 32;
        position += 8;
        continue;
      }
      case 97: {
        // max
        if ((seen & 64) !== 0) return false;
        seen |= 64;
        position += 8;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 8188);
  }
  return position === end;
}

function isExponentialHistogramDataPoint(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // attributes
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isKeyValue(bytes, position, next, 6)) return false;
        position = next;
        continue;
      }
      case 90: {
        // exemplars
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isExemplar(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 17: {
        // start_time_unix_nano
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        position += 8;
        continue;
      }
      case 25: {
        // time_unix_nano
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        position += 8;
        continue;
      }
      case 33: {
        // count
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        position += 8;
        continue;
      }
      case 41: {
        // sum
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        position += 8;
        continue;
      }
      case 48: {
        // scale
        if ((seen & 16) !== 0) return false;
        seen |= 16;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 57: {
        // zero_count
        if ((seen & 32) !== 0) return false;
        seen |= 32;
        position += 8;
        continue;
      }
      case 66: {
        // positive
        if ((seen & 64) !== 0) return false;
        seen |= 64;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isBuckets(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 74: {
        // negative
        if ((seen & 128) !== 0) return false;
        seen |= 128;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isBuckets(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 80: {
        // flags
        if ((seen & 256) !== 0) return false;
        seen |= 256;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 97: {
        // min
        if ((seen & 512) !== 0) return false;
        seen |= 512;
        position += 8;
        continue;
      }
      case 105: {
        // max
        if ((seen & 1024) !== 0) return false;
        seen |= 1024;
        position += 8;
        continue;
      }
      case 113: {
        // zero_threshold
        if ((seen & 2048) !== 0) return false;
        seen |= 2048;
        position += 8;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 32766);
  }
  return position === end;
}

function isBuckets(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: {
        // offset
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: {
        // bucket_counts
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 18: {
        // bucket_counts
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isPackedVarints(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 6);
  }
  return position === end;
}

function isSummaryDataPoint(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 50: {
        // quantile_values
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isValueAtQuantile(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 58: {
        // attributes
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isKeyValue(bytes, position, next, 6)) return false;
        position = next;
        continue;
      }
      case 17: {
        // start_time_unix_nano
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        position += 8;
        continue;
      }
      case 25: {
        // time_unix_nano
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        position += 8;
        continue;
      }
      case 33: {
        // count
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        position += 8;
        continue;
      }
      case 41: {
        // sum
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        position += 8;
        continue;
      }
      case 64: {
        // flags
        if ((seen & 16) !== 0) return false;
        seen |= 16;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 508);
  }
  return position === end;
}

function isValueAtQuantile(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 9: {
        // quantile
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        position += 8;
        continue;
      }
      case 17: {
        // value
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        position += 8;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 6);
  }
  return position === end;
}

function isExemplar(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 58: {
        // filtered_attributes
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isKeyValue(bytes, position, next, 7)) return false;
        position = next;
        continue;
      }
      case 17: {
        // time_unix_nano
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        position += 8;
        continue;
      }
      case 25: // as_double
      case 49: {
        // as_int
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        position += 8;
        continue;
      }
      case 34: {
        // span_id
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        const length = bytes[position++]!;
        if (length !== 8 && length !== 0) return false;
        position += length;
        continue;
      }
      case 42: {
        // trace_id
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        const length = bytes[position++]!;
        if (length !== 16 && length !== 0) return false;
        position += length;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 252);
  }
  return position === end;
}

function isLogsRequest(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // resource_logs
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isResourceLogs(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 2);
  }
  return position === end;
}

function isResourceLogs(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: {
        // scope_logs
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isScopeLogs(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 10: {
        // resource
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isResource(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 26: {
        // schema_url
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end;
}

function isScopeLogs(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: {
        // log_records
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isLogRecord(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 10: {
        // scope
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isScope(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 26: {
        // schema_url
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end;
}

function isLogRecord(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 50: {
        // attributes
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isKeyValue(bytes, position, next, 4)) return false;
        position = next;
        continue;
      }
      case 9: {
        // time_unix_nano
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        position += 8;
        continue;
      }
      case 16: {
        // severity_number
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 26: {
        // severity_text
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 42: {
        // body
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isAnyValue(bytes, position, next, 4)) return false;
        position = next;
        continue;
      }
      case 56: {
        // dropped_attributes_count
        if ((seen & 16) !== 0) return false;
        seen |= 16;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 69: {
        // flags
        if ((seen & 32) !== 0) return false;
        seen |= 32;
        position += 4;
        continue;
      }
      case 74: {
        // trace_id
        if ((seen & 64) !== 0) return false;
        seen |= 64;
        const length = bytes[position++]!;
        if (length !== 16 && length !== 0) return false;
        position += length;
        continue;
      }
      case 82: {
        // span_id
        if ((seen & 128) !== 0) return false;
        seen |= 128;
        const length = bytes[position++]!;
        if (length !== 8 && length !== 0) return false;
        position += length;
        continue;
      }
      case 89: {
        // observed_time_unix_nano
        if ((seen & 256) !== 0) return false;
        seen |= 256;
        position += 8;
        continue;
      }
      case 98: {
        // event_name
        if ((seen & 512) !== 0) return false;
        seen |= 512;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 8174);
  }
  return position === end;
}

function isProfilesRequest(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // resource_profiles
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isResourceProfiles(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 18: {
        // dictionary
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isProfilesDictionary(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 6);
  }
  return position === end;
}

function isProfilesDictionary(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // mapping_table
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isMapping(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 18: {
        // location_table
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isLocation(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 26: {
        // function_table
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isFunction(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 34: {
        // link_table
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isLink(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 50: {
        // attribute_table
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isKeyValueAndUnit(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 58: {
        // stack_table
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isStack(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 42: {
        // string_table
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 254);
  }
  return position === end;
}

function isResourceProfiles(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: {
        // scope_profiles
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isScopeProfiles(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 10: {
        // resource
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isResource(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 26: {
        // schema_url
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end;
}

function isScopeProfiles(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: {
        // profiles
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isProfile(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 10: {
        // scope
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isScope(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 26: {
        // schema_url
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end;
}

function isProfile(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: {
        // samples
        if (--room < 0) return false;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isSample(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 10: {
        // sample_type
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isValueType(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 25: {
        // time_unix_nano
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        position += 8;
        continue;
      }
      case 32: {
        // duration_nano
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 42: {
        // period_type
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isValueType(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 48: {
        // period
        if ((seen & 16) !== 0) return false;
        seen |= 16;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 58: {
        // profile_id
        if ((seen & 32) !== 0) return false;
        seen |= 32;
        const length = bytes[position++]!;
        if (length !== 16 && length !== 0) return false;
        position += length;
        continue;
      }
      case 64: {
        // dropped_attributes_count
        if ((seen & 64) !== 0) return false;
        seen |= 64;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 74: {
        // original_payload_format
        if ((seen & 128) !== 0) return false;
        seen |= 128;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isText(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 82: {
        // original_payload
        if ((seen & 256) !== 0) return false;
        seen |= 256;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end) return false;
        position = next;
        continue;
      }
      case 88: {
        // attribute_indices
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 90: {
        // attribute_indices
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isPackedVarints(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 4094);
  }
  return position === end;
}

function isSample(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: {
        // stack_index
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: // attribute_indices
      case 32: {
        // values
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 18: // attribute_indices
      case 34: {
        // values
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isPackedVarints(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 24: {
        // link_index
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 41: {
        // timestamps_unix_nano
        position += 8;
        continue;
      }
      case 42: {
        // timestamps_unix_nano
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || (next - position) % 8 !== 0) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 62);
  }
  return position === end;
}

function isValueType(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: {
        // type_strindex
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: {
        // unit_strindex
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 6);
  }
  return position === end;
}

function isMapping(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: {
        // memory_start
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: {
        // memory_limit
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 24: {
        // file_offset
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 32: {
        // filename_strindex
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 40: {
        // attribute_indices
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 42: {
        // attribute_indices
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isPackedVarints(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 62);
  }
  return position === end;
}

function isLocation(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 26: {
        // lines
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isLine(bytes, position, next)) return false;
        position = next;
        continue;
      }
      case 8: {
        // mapping_index
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: {
        // address
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 32: {
        // attribute_indices
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 34: {
        // attribute_indices
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isPackedVarints(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 30);
  }
  return position === end;
}

function isLine(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: {
        // function_index
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: {
        // line
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 24: {
        // column
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end;
}

function isFunction(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: {
        // name_strindex
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: {
        // system_name_strindex
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 24: {
        // filename_strindex
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 32: {
        // start_line
        if ((seen & 8) !== 0) return false;
        seen |= 8;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 30);
  }
  return position === end;
}

function isLink(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: {
        // trace_id
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        const length = bytes[position++]!;
        if (length !== 16 && length !== 0) return false;
        position += length;
        continue;
      }
      case 18: {
        // span_id
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        const length = bytes[position++]!;
        if (length !== 8 && length !== 0) return false;
        position += length;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 6);
  }
  return position === end;
}

function isKeyValueAndUnit(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: {
        // key_strindex
        if ((seen & 1) !== 0) return false;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 18: {
        // value
        if ((seen & 2) !== 0) return false;
        seen |= 2;
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isAnyValue(bytes, position, next, 3)) return false;
        position = next;
        continue;
      }
      case 24: {
        // unit_strindex
        if ((seen & 4) !== 0) return false;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end;
}

function isStack(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: {
        // location_indices
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 10: {
        // location_indices
        let next = bytes[position]!;
        if (next < 128) next += ++position;
        else {
          next = longEnd(bytes, position, end);
          position = at;
        }
        if (next > end || !isPackedVarints(bytes, position, next)) return false;
        position = next;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 2);
  }
  return position === end;
}

/**
 * Whether a request, a group or a record may stay as it is. `false` says nothing more
 * than that it needs a closer look: it is malformed, or has to be written anew.
 */
export const isClean: Readonly<
  Partial<Record<MessageName, (bytes: Buffer, position: number, end: number) => boolean>>
> = {
  TracesRequest: isTracesRequest,
  MetricsRequest: isMetricsRequest,
  LogsRequest: isLogsRequest,
  ProfilesRequest: isProfilesRequest,
  ResourceSpans: isResourceSpans,
  ScopeSpans: isScopeSpans,
  Span: isSpan,
  ResourceMetrics: isResourceMetrics,
  ScopeMetrics: isScopeMetrics,
  Metric: isMetric,
  NumberDataPoint: isNumberDataPoint,
  HistogramDataPoint: isHistogramDataPoint,
  ExponentialHistogramDataPoint: isExponentialHistogramDataPoint,
  SummaryDataPoint: isSummaryDataPoint,
  ResourceLogs: isResourceLogs,
  ScopeLogs: isScopeLogs,
  LogRecord: isLogRecord,
  ResourceProfiles: isResourceProfiles,
  ScopeProfiles: isScopeProfiles,
  Profile: isProfile,
  Sample: isSample,
};
