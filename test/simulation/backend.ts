import { setMaxListeners } from 'node:events';
import { ConsumeError, defineExporter, type Clock, type ExporterRef } from '@tributary/component';
import { z } from 'zod';
import { numbersIn } from '../delivery/support.js';
import { Counts } from './counts.js';
import type { Mood } from './plan.js';

/** What a backend keeps, whatever becomes of its processes, and how it behaves. */
export class Store {
  readonly stored: Counts = new Counts();
  #mood: Mood | undefined;
  #moodEndsMs = 0;

  setMood(mood: Mood | undefined, clock: Clock): void {
    this.#mood = mood;
    this.#moodEndsMs = clock.monotonic() + (mood?.forMs ?? 0);
  }

  /** An exporter that stores what comes; each process has its own. `onStored` is told what it takes. */
  exporter(onStored: (items: readonly number[]) => void): ExporterRef<'logs'> {
    return defineExporter({
      type: 'store',
      config: z.strictObject({}),
      logs: ({ clock }) => {
        const over = new AbortController();
        // One for each request that waits.
        setMaxListeners(0, over.signal);
        return {
          consume: async (batch) => {
            const delayMs = this.#delayMs(clock);
            if (delayMs > 0) await clock.sleep(delayMs, over.signal).catch(giveUp);
            const items = numbersIn(batch);
            for (const item of items) this.stored.add(item);
            onStored(items);
          },
          shutdown: () => over.abort(),
        };
      },
    })();
  }

  /** @throws ConsumeError where it takes nothing */
  #delayMs(clock: Clock): number {
    const mood = this.#mood;
    switch (mood?.kind) {
      case undefined:
        return 0;
      case 'is slow':
        return mood.delayMs;
      case 'stalls':
        return this.#moodEndsMs - clock.monotonic();
      case 'refuses':
        throw new ConsumeError('refused', 'not now', { retryAfterMs: mood.retryAfterMs });
      case 'refuses for good':
        throw new ConsumeError('permanent', 'never');
    }
  }
}

function giveUp(): never {
  throw new ConsumeError('retryable', 'shut down');
}
