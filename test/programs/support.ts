import type { Collector } from '@tributary/collector';
import { Traces, type Logs } from '@tributary/pdata';
import { onTestFinished } from 'vitest';

/** Starts a collector for the time of a test. */
export async function started(collector: Collector): Promise<Collector> {
  onTestFinished(() => collector.shutdown());
  await collector.start();
  return collector;
}

/** Spans of these names. */
export function spans(...names: readonly string[]): Traces {
  const traces = Traces.create();
  const scope = traces.addResourceSpans().addScope();
  for (const name of names) scope.add({ name });
  return traces;
}

/** Posts a batch as OTLP/JSON and resolves with the status of the reply. */
export async function post(address: string | undefined, batch: Traces | Logs): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: batch.toJson() };
  return (await fetch(`http://${address}/v1/${batch.signal}`, init)).status;
}
