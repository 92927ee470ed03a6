import type { BalanceReport } from '@tributary/collector';
import type { Clock } from '@tributary/component';
import { ratesOf, type Rates } from './rates.js';
import type { Screen } from './screen.js';
import type { Paint } from './table.js';
import { view } from './view.js';

/** What a collector is watched with. */
export interface WatchOptions {
  readonly name: string;
  ask(stopped: AbortSignal): Promise<BalanceReport>;
  readonly screen: Screen;
  readonly paint: Paint;
  readonly hint: string;
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Aborts when the user has seen enough. */
  readonly stopped: AbortSignal;
  /** Calls when the screen has another size, until the returned function is called. */
  onResize(listener: () => void): () => void;
}

/**
 * Shows the books again and again, with what happened per second. Resolves when the user has seen enough. A collector
 * that answers no more is asked again, because it may be restarting; the last picture stays.
 *
 * @throws what the first question throws
 */
export async function watch(options: WatchOptions): Promise<void> {
  const { name, screen, paint, hint, intervalMs, clock, stopped } = options;
  let shown: { readonly report: BalanceReport; readonly rates: Rates; readonly failure?: string } | undefined;
  /** The answer before, if rates can be told from it. */
  let before: BalanceReport | undefined;

  function draw(): void {
    if (shown === undefined) return;
    const { report, rates, failure } = shown;
    const { width, height } = screen;
    screen.show(view(report, { name, hint, failure, rates, width, height, paint }));
  }

  const stopListening = options.onResize(draw);
  try {
    while (!stopped.aborted) {
      try {
        const report = await options.ask(stopped);
        shown = { report, rates: ratesOf(before, report) };
        before = report;
      } catch (error) {
        if (stopped.aborted) return;
        if (shown === undefined) throw error;
        shown = { ...shown, failure: `${(error as Error).message}; asking again` };
        before = undefined;
      }
      draw();
      await pause(clock, intervalMs, stopped);
    }
  } finally {
    stopListening();
    screen.close();
  }
}

async function pause(clock: Clock, ms: number, stopped: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, stopped);
  } catch (error) {
    if (!stopped.aborted) throw error;
  }
}
