/** What is known of the traces of the load: their spans have the IDs 0 to 4, 5 to 9, and so on. */
export const spansPerTrace = 5;

/** One trace in twenty has failed, and is to be kept. */
export function hasFailed(trace: number): boolean {
  return trace % 20 === 7;
}

/** The share of the others that is to be kept. */
export const keptShare = 0.1;

/** What became of the traces, by what arrived at the backend. */
export interface TraceResult {
  /** With errors; and how many of them are there. */
  readonly failed: number;
  readonly failedKept: number;
  readonly others: number;
  readonly othersKept: number;
  /** With spans from more than one gateway. */
  readonly split: number;
  /** Spans of kept traces that are missing. */
  readonly missingSpans: number;
  /** Traces of which nothing came. */
  readonly absent: number;
}

/** Looks at `count` traces. `gatewayOf` says which gateway a span came from; 0: it did not come. */
export function judge(count: number, gatewayOf: (span: number) => number): TraceResult {
  const result = { failed: 0, failedKept: 0, others: 0, othersKept: 0, split: 0, missingSpans: 0, absent: 0 };
  for (let trace = 0; trace < count; trace++) {
    const gateways = new Set<number>();
    let arrived = 0;
    for (let i = 0; i < spansPerTrace; i++) {
      const gateway = gatewayOf(trace * spansPerTrace + i);
      if (gateway === 0) continue;
      arrived++;
      gateways.add(gateway);
    }
    const isFailed = hasFailed(trace);
    if (isFailed) result.failed++;
    else result.others++;
    if (arrived === 0 && !isFailed) result.absent++;
    else result.missingSpans += spansPerTrace - arrived;
    if (arrived > 0 && isFailed) result.failedKept++;
    else if (arrived > 0) result.othersKept++;
    if (gateways.size > 1) result.split++;
  }
  return result;
}

/** How far the share of kept ones may be off by chance: four standard deviations. */
export function tolerance(count: number): number {
  return 4 * Math.sqrt((keptShare * (1 - keptShare)) / count);
}
