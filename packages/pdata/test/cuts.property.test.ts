import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../src/attributes.js';
import { batchFactory } from '../src/factory.js';
import { messages, signalPaths, type MessageName } from '../src/messages.js';
import type { Batch, Signal } from '../src/telemetry.js';
import { assertProperty } from '../../../test/support/property.js';
import { anyRequest } from './any-request.js';
import { groupsOf } from './edit-model.js';
import { decode, type Plain } from './oracle.js';
import { otlpJson } from './otlp-json.js';
import { allViews, pairsOf } from './reading.js';
import { messagesOf, parse } from './wire-tree.js';

const cutSignals = ['traces', 'metrics', 'logs'] as const;

/** Every item with all that stands around it: resource, scope, schema URLs, the metric it is a point of. */
function items(signal: Signal, bytes: Uint8Array): Plain[] {
  const { request, levels } = signalPaths[signal];
  const found: Plain[] = [];
  const visit = (name: MessageName, json: Plain, heads: readonly Plain[], level: number): void => {
    if (level === levels.length) {
      found.push({ heads, record: json });
      return;
    }
    const inner = messages[name].fields.filter(({ tag }) => levels[level]!.includes(tag));
    const head = { ...json };
    for (const { jsonName } of inner) delete head[jsonName];
    for (const { jsonName, type, repeated } of inner) {
      const value = json[jsonName];
      if (value === undefined) continue;
      for (const one of repeated ? (value as Plain[]) : [value as Plain]) {
        visit(type as MessageName, one, level === 0 ? heads : [...heads, { [jsonName]: head }], level + 1);
      }
    }
  };
  visit(request, otlpJson(request, bytes), [], 0);
  return found;
}

/** A batch of several requests, some of them edited. */
function anyBatch<S extends Signal>(signal: S): fc.Arbitrary<Batch<S>> {
  return fc
    .array(fc.tuple(anyRequest(signal), fc.boolean()), { minLength: 1, maxLength: 3 })
    .map((requests) => {
      const batch = batchFactory(signal).create();
      for (const [bytes, isEdited] of requests) {
        const part = batchFactory(signal).from(bytes);
        const groups = groupsOf(part);
        if (isEdited) for (const group of groups) edit(group['resource'] as { attributes: Attributes });
        batch.append(part);
      }
      return batch;
    });
}

function edit(resource: { readonly attributes: Attributes }): void {
  resource.attributes.set('edited', 'yes');
  resource.attributes.delete('a');
}

/** How many unknown fields stand in messages of these names. */
function unknownFields(signal: Signal, bytes: Uint8Array, names: readonly MessageName[]): number {
  let count = 0;
  for (const { message, fields } of messagesOf(parse(signalPaths[signal].request, Buffer.from(bytes)))) {
    if (names.includes(message.name)) count += fields.filter(({ field }) => field === undefined).length;
  }
  return count;
}

const recordNames = { traces: 'Span', metrics: 'NumberDataPoint', logs: 'LogRecord' } as const;

describe.each(cutSignals)('%s', <S extends (typeof cutSignals)[number]>(signal: S) => {
  it('are taken in pieces of the size that was asked for, and every item stays with what is around it', () => {
    assertProperty(
      fc.property(
        anyBatch(signal),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (batch, sizes) => {
          const all = items(signal, batch.clone().toBytes());
          const names = [recordNames[signal], signalPaths[signal].request];
          const unknown = unknownFields(signal, batch.clone().toBytes(), names);
          expect(batch.itemCount).toBe(all.length);
          const pieces: Uint8Array[] = [];
          for (let i = 0; batch.itemCount > 0; i++) {
            const size = sizes[i % sizes.length]!;
            const before = batch.itemCount;
            const piece = batch.take(size);
            expect(piece.itemCount).toBe(Math.min(size, before));
            expect(batch.itemCount).toBe(before - piece.itemCount);
            expect(piece.byteLength).toBe(piece.toBytes().length);
            pieces.push(piece.toBytes());
            expect(batchFactory(signal).from(piece.toBytes()).itemCount).toBe(piece.itemCount);
          }
          expect(pieces.flatMap((bytes) => items(signal, bytes))).toEqual(all);
          const left = unknownFields(signal, batch.toBytes(), names);
          const kept = pieces.reduce((sum, bytes) => sum + unknownFields(signal, bytes, names), left);
          expect(kept).toBe(unknown);
        },
      ),
      0.3,
    );
  });

  it('are appended in order, and the source is empty', () => {
    assertProperty(
      fc.property(anyBatch(signal), anyBatch(signal), (batch, other) => {
        const all = [...items(signal, batch.clone().toBytes()), ...items(signal, other.clone().toBytes())];
        batch.append(other);
        expect(other.itemCount).toBe(0);
        expect(other.byteLength).toBe(0);
        expect(batch.itemCount).toBe(all.length);
        expect(items(signal, batch.toBytes())).toEqual(all);
        // Bytes glued end to end are one request: what was settled is not glued again.
        expect(batch.toBytes()).toBe(batch.toBytes());
      }),
      0.3,
    );
  });

  it('hold no pair with a key that was deleted from every place, however it was hidden', () => {
    assertProperty(
      fc.property(anyBatch(signal), fc.constantFrom('a', 'b', ''), (batch, key) => {
        for (const list of attributesOf(batch)) list.delete(key);
        const { request } = signalPaths[signal];
        const pairs = pairsOf(request, decode(request, batch.toBytes()));
        expect(pairs.filter((pair) => (pair['key'] ?? '') === key)).toEqual([]);
      }),
      0.3,
    );
  });
});

/** The attributes of everything in a batch. */
function* attributesOf(batch: Batch<Signal>): Generator<Attributes> {
  for (const view of allViews(groupsOf(batch))) {
    for (const { type, jsonName } of messages[view.messageName].fields) {
      if (type === 'KeyValue') yield view[jsonName] as Attributes;
    }
  }
}

describe('traces', () => {
  it('are grouped by trace ID in order of first appearance, and every span stays with what is around it', () => {
    assertProperty(
      fc.property(anyBatch('traces'), (batch) => {
        const bytes = batch.clone().toBytes();
        const all = items('traces', bytes);
        const ids = all.map(({ record }) => ((record as Plain)['traceId'] as string | undefined) ?? '');
        const groups = batch.groupByTraceId();
        expect(batch.itemCount).toBe(0);
        expect(batch.toBytes()).toHaveLength(0);
        expect([...groups.keys()]).toEqual([...new Set(ids)]);
        let unknown = 0;
        for (const [id, group] of groups) {
          const written = group.toBytes();
          expect(items('traces', written)).toEqual(all.filter((_, i) => ids[i] === id));
          expect(group.itemCount).toBe(ids.filter((one) => one === id).length);
          expect(group.byteLength).toBe(written.length);
          unknown += unknownFields('traces', written, ['Span']);
        }
        expect(unknown).toBe(unknownFields('traces', bytes, ['Span']));
      }),
    );
  });
});
