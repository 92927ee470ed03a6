import { Traces } from '@tributary/pdata';
import { seededRandom } from '../random.js';
import { defaultStartMs, resourceOf, scopeOf, services, type SampleOptions, type Service } from './shop.js';
import { sampleTrace, type ShopSpan } from './trace.js';

const spansPerTrace = 8;
const defaultErrorShare = 0.1;

/** Traces in one batch: eight spans each, of which some have failed. The last has what is left. */
export function sampleTraces(options: SampleOptions & { readonly spans: number }): Traces {
  const { spans, startMs = defaultStartMs, seed } = options;
  const random = seededRandom(seed);
  const all: ShopSpan[] = [];
  while (all.length < spans) {
    const count = Math.min(spansPerTrace, spans - all.length);
    all.push(
      ...sampleTrace(random, { spans: count, startMs: startMs + all.length, errorShare: defaultErrorShare }),
    );
  }
  return batchOf(all);
}

/** What {@link sampleTraceParts} makes. */
export interface TracePartsOptions extends SampleOptions {
  readonly traces: number;
  /** Default 8. */
  readonly spansPerTrace?: number;
  /** Share of the traces in which something fails. Default 0.1. */
  readonly errorShare?: number;
  /** Share of the parts that come late. Default 0.05. */
  readonly lateShare?: number;
  /** How late these come at most. Default 30,000. */
  readonly lateMs?: number;
}

/** What one service sends of one trace. */
export interface TracePart {
  /** When it is sent, in milliseconds since the epoch. */
  readonly atMs: number;
  readonly traces: Traces;
}

/**
 * Traces as they come to a collector: each service sends its part of each trace within a second of its end,
 * some of them late. In the order of time.
 */
export function sampleTraceParts(options: TracePartsOptions): readonly TracePart[] {
  const { traces, seed, startMs = defaultStartMs, errorShare = defaultErrorShare } = options;
  const { lateShare = 0.05, lateMs = 30_000 } = options;
  const random = seededRandom(seed);
  const parts: TracePart[] = [];
  for (let n = 0; n < traces; n++) {
    const spans = sampleTrace(random, {
      spans: options.spansPerTrace ?? spansPerTrace,
      startMs: startMs + n * 10,
      errorShare,
    });
    for (const part of byService(spans).values()) {
      const delayMs = random() < lateShare ? random() * lateMs : random() * 1000;
      const endMs = Math.max(...part.map((span) => span.endMs));
      parts.push({ atMs: Math.ceil(endMs + delayMs), traces: batchOf(part) });
    }
  }
  return parts.sort((a, b) => a.atMs - b.atMs);
}

function byService(spans: readonly ShopSpan[]): ReadonlyMap<Service, readonly ShopSpan[]> {
  const groups = new Map(
    services.map((service) => [service, spans.filter((span) => span.service === service)]),
  );
  for (const [service, group] of groups) if (group.length === 0) groups.delete(service);
  return groups;
}

function batchOf(spans: readonly ShopSpan[]): Traces {
  const traces = Traces.create();
  for (const [service, group] of byService(spans)) {
    traces.addResourceSpans({
      resource: resourceOf(service),
      scopeSpans: [{ scope: scopeOf('http'), spans: group.map(({ span }) => span) }],
    });
  }
  return traces;
}
