/** What the processes of the demo tell each other. */
import type { Balance, Collector } from '@tributary/collector';

/** The signals of the demo, in the order of its table. */
export const signals = ['traces', 'metrics', 'logs'] as const;
export type DemoSignal = (typeof signals)[number];
export type Counts = Readonly<Record<DemoSignal, number>>;

/** The attribute that carries the ID of a span or a log record; of a data point it is the value. */
export const idAttribute = 'demo.id';
/** Data points that the load makes at a time. */
export const pointsPerCollection = 1000;

/** From the agent and the gateway: where they listen, and their books so far. */
export interface ServiceReport {
  readonly kind: 'service';
  readonly addresses: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Items that the receiver took. */
  readonly received: Counts;
  /** Items that the exporter got rid of. */
  readonly exported: Counts;
  /** Spans that tail sampling did not keep. */
  readonly sampledAway: number;
  /** When the books were looked at, in milliseconds since the epoch. */
  readonly at: number;
  /** All of the books. Its maps arrive only by a channel of `serialization: 'advanced'`. */
  readonly balance: Balance;
}

/** From the load: how many items of each signal it has made; their IDs are 0 to that number less one. */
export interface LoadReport {
  readonly kind: 'load';
  readonly sent: Counts;
  /** Exports that the SDK gave up. */
  readonly failedExports: number;
  readonly isDone: boolean;
}

/** From the load: when it gave the request with this item to its exporter. */
export interface RequestSent {
  readonly kind: 'request';
  readonly signal: DemoSignal;
  readonly id: number;
  /** Milliseconds since the epoch, with fractions. */
  readonly at: number;
}

/** From the load: the IDs of the first traces. */
export interface TracesMade {
  readonly kind: 'traces';
  readonly ids: readonly string[];
}

export type DemoMessage = ServiceReport | LoadReport | RequestSent | TracesMade;

/** Milliseconds since the epoch, comparable between the processes of one machine. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

const reportIntervalMs = 200;

/** Reports the books of `collector` to the process that forked this one; does nothing if none did. */
export function reportTo(process: NodeJS.Process, collector: Collector): { end(): Promise<void> } {
  if (process.send === undefined) return { async end() {} };
  // Whoever forked this process may be gone: then there is nobody to tell.
  const send = (sent: () => void = () => {}): void => {
    if (process.connected) process.send!(reportOf(collector), sent);
    else sent();
  };
  send();
  const timer = setInterval(() => send(), reportIntervalMs);
  return {
    end() {
      clearInterval(timer);
      return new Promise((resolve) => {
        send(() => {
          if (process.connected) process.disconnect();
          resolve();
        });
      });
    },
  };
}

function reportOf(collector: Collector): ServiceReport {
  const balance = collector.balance();
  const sum = (kind: string, value: 'passed' | 'created'): Counts => {
    const counts = { traces: 0, metrics: 0, logs: 0 };
    for (const line of balance.components) {
      if (line.kind === kind && line.signal in counts) counts[line.signal as DemoSignal] += line[value];
    }
    return counts;
  };
  return {
    kind: 'service',
    addresses: collector.addresses(),
    received: sum('receiver', 'created'),
    exported: sum('exporter', 'passed'),
    sampledAway: balance.components.reduce((spans, { dropped }) => spans + (dropped.get('filtered') ?? 0), 0),
    at: preciseNow(),
    balance,
  };
}
