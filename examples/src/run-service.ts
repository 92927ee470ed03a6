import { collectLater, type Collector } from '@tributary/collector';
import { reportTo } from './demo/messages.js';

/**
 * Runs a collector as the job of this process: starts it, says where it listens, and shuts it down on
 * SIGTERM or SIGINT. Under the demo it also tells its books to the parent process.
 */
export async function runService(name: string, collector: Collector): Promise<void> {
  collectLater();
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  await collector.start();
  console.log(`${name} listens: ${JSON.stringify(collector.addresses())}`);
  const reports = reportTo(process, collector);
  await stopped;
  await collector.shutdown();
  reports.end();
}
