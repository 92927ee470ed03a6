import { BatchBase, Records, Request } from './batch.js';
import { Chunk } from './edit.js';
import { ResourceSpans, ScopeSpans, Span } from './generated/views.js';
import { groupSpans } from './group.js';
import { openBytes, openJson, toJson, type FromOptions } from './open.js';
import type { Telemetry } from './telemetry.js';
import { frame, noBytes } from './wire.js';

/** A batch of spans. */
export interface Traces extends Telemetry<'traces'> {
  /** Every span in order. Spans removed meanwhile are skipped, added ones are not visited. */
  spans(): Iterable<Span>;
  resourceSpans(): Iterable<ResourceSpans>;
  /** Adds an empty group and returns it. */
  addResourceSpans(): ResourceSpans;
  /** Removes the spans for which `keep` is false. */
  filter(keep: (span: Span) => boolean): void;
  /** One batch per distinct trace ID (hexadecimal), in order of first appearance. Leaves this batch empty. */
  groupByTraceId(): Map<string, Traces>;
}

class TracesBatch extends BatchBase<'traces'> implements Traces {
  override readonly signal = 'traces';

  protected override make(chunks: Chunk[]): Traces {
    return new TracesBatch(chunks);
  }

  spans(): Iterable<Span> {
    return new Records('traces', this.chunks, [ResourceSpans, ScopeSpans, Span]);
  }

  *resourceSpans(): Iterable<ResourceSpans> {
    for (const chunk of this.chunks.slice()) yield* new Request(chunk, 'traces').groups(ResourceSpans);
  }

  addResourceSpans(): ResourceSpans {
    return this.addGroup(ResourceSpans, frame(10, noBytes));
  }

  filter(keep: (span: Span) => boolean): void {
    this.keepOnly(this.spans() as Iterable<Span>, keep);
  }

  groupByTraceId(): Map<string, Traces> {
    this.settle();
    const groups = new Map<string, Traces>();
    for (const [traceId, requests] of groupSpans(this.chunks.map((chunk) => chunk.bytes))) {
      groups.set(traceId, new TracesBatch(requests.map((bytes) => new Chunk(bytes))));
    }
    for (const chunk of this.chunks) chunk.moved = true;
    this.chunks = [];
    return groups;
  }

  toJson(): string {
    return toJson('traces', this.toBytes());
  }
}

/** Makes batches of spans. `from` checks untrusted bytes once; afterwards no view throws. */
export const Traces: {
  /** @throws {MalformedTelemetryError} with offset and field */
  from(bytes: Uint8Array, options?: FromOptions): Traces;
  /** @throws {MalformedTelemetryError} with JSON path */
  fromJson(json: string | Uint8Array): Traces;
  /** An empty batch to build in. */
  create(): Traces;
} = {
  from: (bytes, options) => new TracesBatch(openBytes('traces', bytes, options)),
  fromJson: (json) => new TracesBatch(openJson('traces', json)),
  create: () => new TracesBatch([]),
};
