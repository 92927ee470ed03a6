// Written by `npm run generate` from schema.ts. Do not edit.

import type { MessageName } from '../messages.js';

import { at, isPackedVarints, isText, longEnd, longVarint, maxDepth, unknownField } from '../check-fields.js';

/** Groups and records that may still come. */
export let room = 0;
export function setRoom(items: number): void {
  room = items;
}

function isAnyValue(bytes: Buffer, position: number, end: number, depth: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // string_value
        twice |= seen & 1;
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
      case 64: { // string_value_strindex
        twice |= seen & 1;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 33: { // double_value
        twice |= seen & 1;
        seen |= 1;
        position += 8;
        continue;
      }
      case 42: { // array_value
        twice |= seen & 1;
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
      case 50: { // kvlist_value
        twice |= seen & 1;
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
      case 58: { // bytes_value
        twice |= seen & 1;
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
  return position === end && twice === 0;
}

function isArrayValue(bytes: Buffer, position: number, end: number, depth: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // values
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
      case 10: { // values
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

function isKeyValue(bytes: Buffer, position: number, end: number, depth: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // key
        twice |= seen & 1;
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
      case 18: { // value
        twice |= seen & 2;
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
      case 24: { // key_strindex
        twice |= seen & 4;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end && twice === 0;
}

function isScope(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 26: { // attributes
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
      case 10: { // name
        twice |= seen & 1;
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
      case 18: { // version
        twice |= seen & 2;
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
      case 32: { // dropped_attributes_count
        twice |= seen & 4;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 30);
  }
  return position === end && twice === 0;
}

function isEntityRef(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // schema_url
        twice |= seen & 1;
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
      case 18: { // type
        twice |= seen & 2;
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
      case 34: { // description_keys
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
  return position === end && twice === 0;
}

function isResource(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // attributes
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
      case 26: { // entity_refs
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
      case 16: { // dropped_attributes_count
        twice |= seen & 1;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end && twice === 0;
}

function isTracesRequest(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // resource_spans
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
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: { // scope_spans
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
      case 10: { // resource
        twice |= seen & 1;
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
      case 26: { // schema_url
        twice |= seen & 2;
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
  return position === end && twice === 0;
}

function isScopeSpans(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: { // spans
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
      case 10: { // scope
        twice |= seen & 1;
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
      case 26: { // schema_url
        twice |= seen & 2;
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
  return position === end && twice === 0;
}

function isSpan(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 74: { // attributes
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
      case 90: { // events
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
      case 106: { // links
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
      case 10: { // trace_id
        twice |= seen & 1;
        seen |= 1;
        const length = bytes[position++]!;
        if (length !== 16 && length !== 0) return false;
        position += length;
        continue;
      }
      case 18: { // span_id
        twice |= seen & 2;
        seen |= 2;
        const length = bytes[position++]!;
        if (length !== 8 && length !== 0) return false;
        position += length;
        continue;
      }
      case 26: { // trace_state
        twice |= seen & 4;
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
      case 34: { // parent_span_id
        twice |= seen & 8;
        seen |= 8;
        const length = bytes[position++]!;
        if (length !== 8 && length !== 0) return false;
        position += length;
        continue;
      }
      case 42: { // name
        twice |= seen & 16;
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
      case 48: { // kind
        twice |= seen & 32;
        seen |= 32;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 57: { // start_time_unix_nano
        twice |= seen & 64;
        seen |= 64;
        position += 8;
        continue;
      }
      case 65: { // end_time_unix_nano
        twice |= seen & 128;
        seen |= 128;
        position += 8;
        continue;
      }
      case 80: { // dropped_attributes_count
        twice |= seen & 256;
        seen |= 256;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 96: { // dropped_events_count
        twice |= seen & 512;
        seen |= 512;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 112: { // dropped_links_count
        twice |= seen & 1024;
        seen |= 1024;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 122: { // status
        twice |= seen & 2048;
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
      case 133: { // flags
        if (bytes[position] !== 1) break;
        position++;
        twice |= seen & 4096;
        seen |= 4096;
        position += 4;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 131070);
  }
  return position === end && twice === 0;
}

function isSpanEvent(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 26: { // attributes
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
      case 9: { // time_unix_nano
        twice |= seen & 1;
        seen |= 1;
        position += 8;
        continue;
      }
      case 18: { // name
        twice |= seen & 2;
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
      case 32: { // dropped_attributes_count
        twice |= seen & 4;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 30);
  }
  return position === end && twice === 0;
}

function isSpanLink(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 34: { // attributes
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
      case 10: { // trace_id
        twice |= seen & 1;
        seen |= 1;
        const length = bytes[position++]!;
        if (length !== 16 && length !== 0) return false;
        position += length;
        continue;
      }
      case 18: { // span_id
        twice |= seen & 2;
        seen |= 2;
        const length = bytes[position++]!;
        if (length !== 8 && length !== 0) return false;
        position += length;
        continue;
      }
      case 26: { // trace_state
        twice |= seen & 4;
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
      case 40: { // dropped_attributes_count
        twice |= seen & 8;
        seen |= 8;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 53: { // flags
        twice |= seen & 16;
        seen |= 16;
        position += 4;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 126);
  }
  return position === end && twice === 0;
}

function isStatus(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: { // message
        twice |= seen & 1;
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
      case 24: { // code
        twice |= seen & 2;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 12);
  }
  return position === end && twice === 0;
}

function isMetricsRequest(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // resource_metrics
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
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: { // scope_metrics
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
      case 10: { // resource
        twice |= seen & 1;
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
      case 26: { // schema_url
        twice |= seen & 2;
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
  return position === end && twice === 0;
}

function isScopeMetrics(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: { // metrics
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
      case 10: { // scope
        twice |= seen & 1;
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
      case 26: { // schema_url
        twice |= seen & 2;
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
  return position === end && twice === 0;
}

function isMetric(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 98: { // metadata
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
      case 10: { // name
        twice |= seen & 1;
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
      case 18: { // description
        twice |= seen & 2;
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
      case 26: { // unit
        twice |= seen & 4;
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
      case 42: { // gauge
        twice |= seen & 8;
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
      case 58: { // sum
        twice |= seen & 8;
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
      case 74: { // histogram
        twice |= seen & 8;
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
      case 82: { // exponential_histogram
        twice |= seen & 8;
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
      case 90: { // summary
        twice |= seen & 8;
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
  return position === end && twice === 0;
}

function isGauge(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // data_points
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
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // data_points
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
      case 16: { // aggregation_temporality
        twice |= seen & 1;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 24: { // is_monotonic
        twice |= seen & 2;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end && twice === 0;
}

function isHistogram(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // data_points
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
      case 16: { // aggregation_temporality
        twice |= seen & 1;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 6);
  }
  return position === end && twice === 0;
}

function isExponentialHistogram(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // data_points
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
      case 16: { // aggregation_temporality
        twice |= seen & 1;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 6);
  }
  return position === end && twice === 0;
}

function isSummary(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // data_points
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
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 42: { // exemplars
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
      case 58: { // attributes
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
      case 17: { // start_time_unix_nano
        twice |= seen & 1;
        seen |= 1;
        position += 8;
        continue;
      }
      case 25: { // time_unix_nano
        twice |= seen & 2;
        seen |= 2;
        position += 8;
        continue;
      }
      case 33: // as_double
      case 49: { // as_int
        twice |= seen & 4;
        seen |= 4;
        position += 8;
        continue;
      }
      case 64: { // flags
        twice |= seen & 8;
        seen |= 8;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 508);
  }
  return position === end && twice === 0;
}

function isHistogramDataPoint(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 66: { // exemplars
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
      case 74: { // attributes
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
      case 17: { // start_time_unix_nano
        twice |= seen & 1;
        seen |= 1;
        position += 8;
        continue;
      }
      case 25: { // time_unix_nano
        twice |= seen & 2;
        seen |= 2;
        position += 8;
        continue;
      }
      case 33: { // count
        twice |= seen & 4;
        seen |= 4;
        position += 8;
        continue;
      }
      case 41: { // sum
        twice |= seen & 8;
        seen |= 8;
        position += 8;
        continue;
      }
      case 49: // bucket_counts
      case 57: { // explicit_bounds
        position += 8;
        continue;
      }
      case 50: // bucket_counts
      case 58: { // explicit_bounds
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
      case 80: { // flags
        twice |= seen & 16;
        seen |= 16;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 89: { // min
        twice |= seen & 32;
        seen |= 32;
        position += 8;
        continue;
      }
      case 97: { // max
        twice |= seen & 64;
        seen |= 64;
        position += 8;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 8188);
  }
  return position === end && twice === 0;
}

function isExponentialHistogramDataPoint(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // attributes
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
      case 90: { // exemplars
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
      case 17: { // start_time_unix_nano
        twice |= seen & 1;
        seen |= 1;
        position += 8;
        continue;
      }
      case 25: { // time_unix_nano
        twice |= seen & 2;
        seen |= 2;
        position += 8;
        continue;
      }
      case 33: { // count
        twice |= seen & 4;
        seen |= 4;
        position += 8;
        continue;
      }
      case 41: { // sum
        twice |= seen & 8;
        seen |= 8;
        position += 8;
        continue;
      }
      case 48: { // scale
        twice |= seen & 16;
        seen |= 16;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 57: { // zero_count
        twice |= seen & 32;
        seen |= 32;
        position += 8;
        continue;
      }
      case 66: { // positive
        twice |= seen & 64;
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
      case 74: { // negative
        twice |= seen & 128;
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
      case 80: { // flags
        twice |= seen & 256;
        seen |= 256;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 97: { // min
        twice |= seen & 512;
        seen |= 512;
        position += 8;
        continue;
      }
      case 105: { // max
        twice |= seen & 1024;
        seen |= 1024;
        position += 8;
        continue;
      }
      case 113: { // zero_threshold
        twice |= seen & 2048;
        seen |= 2048;
        position += 8;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 32766);
  }
  return position === end && twice === 0;
}

function isBuckets(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: { // offset
        twice |= seen & 1;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: { // bucket_counts
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 18: { // bucket_counts
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
  return position === end && twice === 0;
}

function isSummaryDataPoint(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 50: { // quantile_values
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
      case 58: { // attributes
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
      case 17: { // start_time_unix_nano
        twice |= seen & 1;
        seen |= 1;
        position += 8;
        continue;
      }
      case 25: { // time_unix_nano
        twice |= seen & 2;
        seen |= 2;
        position += 8;
        continue;
      }
      case 33: { // count
        twice |= seen & 4;
        seen |= 4;
        position += 8;
        continue;
      }
      case 41: { // sum
        twice |= seen & 8;
        seen |= 8;
        position += 8;
        continue;
      }
      case 64: { // flags
        twice |= seen & 16;
        seen |= 16;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 508);
  }
  return position === end && twice === 0;
}

function isValueAtQuantile(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 9: { // quantile
        twice |= seen & 1;
        seen |= 1;
        position += 8;
        continue;
      }
      case 17: { // value
        twice |= seen & 2;
        seen |= 2;
        position += 8;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 6);
  }
  return position === end && twice === 0;
}

function isExemplar(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 58: { // filtered_attributes
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
      case 17: { // time_unix_nano
        twice |= seen & 1;
        seen |= 1;
        position += 8;
        continue;
      }
      case 25: // as_double
      case 49: { // as_int
        twice |= seen & 2;
        seen |= 2;
        position += 8;
        continue;
      }
      case 34: { // span_id
        twice |= seen & 4;
        seen |= 4;
        const length = bytes[position++]!;
        if (length !== 8 && length !== 0) return false;
        position += length;
        continue;
      }
      case 42: { // trace_id
        twice |= seen & 8;
        seen |= 8;
        const length = bytes[position++]!;
        if (length !== 16 && length !== 0) return false;
        position += length;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 252);
  }
  return position === end && twice === 0;
}

function isLogsRequest(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // resource_logs
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
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: { // scope_logs
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
      case 10: { // resource
        twice |= seen & 1;
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
      case 26: { // schema_url
        twice |= seen & 2;
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
  return position === end && twice === 0;
}

function isScopeLogs(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: { // log_records
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
      case 10: { // scope
        twice |= seen & 1;
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
      case 26: { // schema_url
        twice |= seen & 2;
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
  return position === end && twice === 0;
}

function isLogRecord(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 50: { // attributes
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
      case 9: { // time_unix_nano
        twice |= seen & 1;
        seen |= 1;
        position += 8;
        continue;
      }
      case 16: { // severity_number
        twice |= seen & 2;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 26: { // severity_text
        twice |= seen & 4;
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
      case 42: { // body
        twice |= seen & 8;
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
      case 56: { // dropped_attributes_count
        twice |= seen & 16;
        seen |= 16;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 69: { // flags
        twice |= seen & 32;
        seen |= 32;
        position += 4;
        continue;
      }
      case 74: { // trace_id
        twice |= seen & 64;
        seen |= 64;
        const length = bytes[position++]!;
        if (length !== 16 && length !== 0) return false;
        position += length;
        continue;
      }
      case 82: { // span_id
        twice |= seen & 128;
        seen |= 128;
        const length = bytes[position++]!;
        if (length !== 8 && length !== 0) return false;
        position += length;
        continue;
      }
      case 89: { // observed_time_unix_nano
        twice |= seen & 256;
        seen |= 256;
        position += 8;
        continue;
      }
      case 98: { // event_name
        twice |= seen & 512;
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
  return position === end && twice === 0;
}

function isProfilesRequest(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // resource_profiles
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
      case 18: { // dictionary
        twice |= seen & 1;
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
  return position === end && twice === 0;
}

function isProfilesDictionary(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // mapping_table
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
      case 18: { // location_table
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
      case 26: { // function_table
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
      case 34: { // link_table
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
      case 50: { // attribute_table
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
      case 58: { // stack_table
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
      case 42: { // string_table
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
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: { // scope_profiles
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
      case 10: { // resource
        twice |= seen & 1;
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
      case 26: { // schema_url
        twice |= seen & 2;
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
  return position === end && twice === 0;
}

function isScopeProfiles(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: { // profiles
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
      case 10: { // scope
        twice |= seen & 1;
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
      case 26: { // schema_url
        twice |= seen & 2;
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
  return position === end && twice === 0;
}

function isProfile(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 18: { // samples
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
      case 10: { // sample_type
        twice |= seen & 1;
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
      case 25: { // time_unix_nano
        twice |= seen & 2;
        seen |= 2;
        position += 8;
        continue;
      }
      case 32: { // duration_nano
        twice |= seen & 4;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 42: { // period_type
        twice |= seen & 8;
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
      case 48: { // period
        twice |= seen & 16;
        seen |= 16;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 58: { // profile_id
        twice |= seen & 32;
        seen |= 32;
        const length = bytes[position++]!;
        if (length !== 16 && length !== 0) return false;
        position += length;
        continue;
      }
      case 64: { // dropped_attributes_count
        twice |= seen & 64;
        seen |= 64;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 74: { // original_payload_format
        twice |= seen & 128;
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
      case 82: { // original_payload
        twice |= seen & 256;
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
      case 88: { // attribute_indices
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 90: { // attribute_indices
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
  return position === end && twice === 0;
}

function isSample(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: { // stack_index
        twice |= seen & 1;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: // attribute_indices
      case 32: { // values
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 18: // attribute_indices
      case 34: { // values
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
      case 24: { // link_index
        twice |= seen & 2;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 41: { // timestamps_unix_nano
        position += 8;
        continue;
      }
      case 42: { // timestamps_unix_nano
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
  return position === end && twice === 0;
}

function isValueType(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: { // type_strindex
        twice |= seen & 1;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: { // unit_strindex
        twice |= seen & 2;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 6);
  }
  return position === end && twice === 0;
}

function isMapping(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: { // memory_start
        twice |= seen & 1;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: { // memory_limit
        twice |= seen & 2;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 24: { // file_offset
        twice |= seen & 4;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 32: { // filename_strindex
        twice |= seen & 8;
        seen |= 8;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 40: { // attribute_indices
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 42: { // attribute_indices
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
  return position === end && twice === 0;
}

function isLocation(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 26: { // lines
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
      case 8: { // mapping_index
        twice |= seen & 1;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: { // address
        twice |= seen & 2;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 32: { // attribute_indices
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 34: { // attribute_indices
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
  return position === end && twice === 0;
}

function isLine(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: { // function_index
        twice |= seen & 1;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: { // line
        twice |= seen & 2;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 24: { // column
        twice |= seen & 4;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end && twice === 0;
}

function isFunction(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: { // name_strindex
        twice |= seen & 1;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 16: { // system_name_strindex
        twice |= seen & 2;
        seen |= 2;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 24: { // filename_strindex
        twice |= seen & 4;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 32: { // start_line
        twice |= seen & 8;
        seen |= 8;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 30);
  }
  return position === end && twice === 0;
}

function isLink(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 10: { // trace_id
        twice |= seen & 1;
        seen |= 1;
        const length = bytes[position++]!;
        if (length !== 16 && length !== 0) return false;
        position += length;
        continue;
      }
      case 18: { // span_id
        twice |= seen & 2;
        seen |= 2;
        const length = bytes[position++]!;
        if (length !== 8 && length !== 0) return false;
        position += length;
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 6);
  }
  return position === end && twice === 0;
}

function isKeyValueAndUnit(bytes: Buffer, position: number, end: number): boolean {
  let seen = 0;
  let twice = 0;
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: { // key_strindex
        twice |= seen & 1;
        seen |= 1;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 18: { // value
        twice |= seen & 2;
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
      case 24: { // unit_strindex
        twice |= seen & 4;
        seen |= 4;
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
    }
    position = unknownField(bytes, position - 1, end, 14);
  }
  return position === end && twice === 0;
}

function isStack(bytes: Buffer, position: number, end: number): boolean {
  while (position < end) {
    switch (bytes[position++]!) {
      case 8: { // location_indices
        if (bytes[position++]! > 127) position = longVarint(bytes, position, end);
        continue;
      }
      case 10: { // location_indices
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
