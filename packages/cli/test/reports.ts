import type { BalanceReport, EdgeLine, ReportedLine } from '@tributary/collector';

const place = { pipeline: 'traces', signal: 'traces' } as const;

export function edgeLine(line: Partial<EdgeLine> = {}): EdgeLine {
  return { ...place, from: 'otlp', to: 'batch', offered: 0, accepted: 0, refused: 0, inFlight: 0, ...line };
}

export function componentLine(line: Partial<ReportedLine> = {}): ReportedLine {
  return {
    ...place,
    component: 'batch',
    kind: 'processor',
    received: 0,
    created: 0,
    passed: 0,
    absorbed: 0,
    held: 0,
    dropped: {},
    ...line,
  };
}

/** Of a collector that has run for so many seconds. */
export function reportAt(seconds: number, more: Partial<BalanceReport> = {}): BalanceReport {
  return {
    time: new Date(seconds * 1000).toISOString(),
    uptimeMs: seconds * 1000,
    build: { command: 'acme', version: '1.2.3' },
    components: [],
    edges: [],
    imbalances: [],
    ...more,
  };
}
