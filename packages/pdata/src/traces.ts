import { BatchBase, createFactory, Records, Request } from './batch.js';
import { Chunk } from './edit.js';
import { ResourceSpans, ScopeSpans, Span, type ResourceSpansInit } from './generated/views.js';
import { groupSpans } from './group.js';
import type { BatchFactory, Telemetry } from './telemetry.js';

/** A batch of spans. */
export interface Traces extends Telemetry<'traces'> {
  /** Every span in order. Spans removed meanwhile are skipped, added ones are not visited. */
  spans(): Iterable<Span>;
  resourceSpans(): Iterable<ResourceSpans>;
  /** Adds a copy of a group from any batch, or a new one, and returns it. */
  addResourceSpans(init?: ResourceSpans | ResourceSpansInit): ResourceSpans;
  /** Removes the spans for which `keep` is false. */
  filter(keep: (span: Span) => boolean): void;
  /**
   * One batch per distinct trace ID (hexadecimal), in order of first appearance.
   * Leaves this batch empty. The batches out of one request share one buffer: to
   * keep a few of them for long, copy their bytes.
   */
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

  addResourceSpans(init: ResourceSpans | ResourceSpansInit = {}): ResourceSpans {
    return this.addGroup(ResourceSpans, 'ResourceSpans', init);
  }

  filter(keep: (span: Span) => boolean): void {
    this.keepOnly(this.spans(), keep);
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
}

/** Makes batches of spans. `from` checks untrusted bytes once; afterwards no view throws. */
export const Traces: BatchFactory<'traces'> = createFactory('traces', (chunks) => new TracesBatch(chunks));
