import { createCollector, type Collector } from '@tributary/collector';
import type { Runtime, Signal, Sink } from '@tributary/component';
import { testReceiver, type TestSource } from '@tributary/testkit';
import { onTestFinished } from 'vitest';
import { keepingLogger } from '../receiver-otlp/support.js';

/** Neither waits nor tries again: the caller gets each outcome. */
export const direct = { retry_on_failure: { enabled: false }, sending_queue: { enabled: false } } as const;

export interface Sending {
  readonly collector: Collector;
  readonly source: TestSource;
  /** What was logged, as `level: message {fields}`, without the attributes of the component. */
  readonly lines: readonly string[];
}

/** For the time of a test: a collector that sends what the test feeds it with. */
export async function sending(
  exporter: Sink<Signal>,
  signals: readonly Signal[] = ['traces', 'metrics', 'logs'],
  runtime: Partial<Runtime> = {},
): Promise<Sending> {
  const source = testReceiver();
  const lines: string[] = [];
  const collector = createCollector({
    pipelines: Object.fromEntries(
      signals.map((signal) => [signal, { receivers: [source], exporters: [exporter] }]),
    ),
    runtime: { logger: keepingLogger(lines), ...runtime },
  });
  onTestFinished(() => collector.shutdown());
  await collector.start();
  return { collector, source, lines };
}

/** Variables of the process for the time of a test. */
export function withEnvironment(variables: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    process.env[name] = value;
    onTestFinished(() => {
      if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    });
  }
}
