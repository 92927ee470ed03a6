import {
  ConsumeError,
  defineExporter,
  type Batch,
  type Clock,
  type ConsumeErrorKind,
  type ExporterRef,
} from '@tributary/component';
import { deliver, deliveryShape, type DeliveryConfig } from '@tributary/delivery';
import { z } from 'zod';
import { numbered, numbersIn } from '../delivery/support.js';
import { faulty, type Fault } from './graph-faults.js';

/** How a backend answers one request. */
export interface Answer {
  readonly kind: 'accepted' | 'rejected in part' | ConsumeErrorKind | 'thrown' | 'silence';
  /** Items that are taken although it is no success. */
  readonly taken: number;
  /** 0 is at once. */
  readonly afterMs: number;
  readonly retryAfterMs: number | undefined;
}

export interface Backend {
  /** Then it stands in the graph by itself, without queue, retry and timeout, and nothing below is for it. */
  readonly fault?: Fault | undefined;
  /** Used up in order; after the last, everything is accepted. */
  readonly answers: readonly Answer[];
  /** Items in the largest request that it takes. */
  readonly maxItems: number;
  /** Whether it tells how many bytes it takes. */
  readonly tellsLimit: boolean;
  readonly delivery: DeliveryConfig;
}

export interface Backends {
  readonly exporters: readonly ExporterRef<'logs'>[];
  /** By backend, how often it took which item. */
  readonly taken: readonly ReadonlyMap<number, number>[];
}

/** Exporters whose other side is here. They ask somebody to `look` around each attempt. */
export function createBackends(
  backends: readonly Backend[],
  random: () => number,
  clock: Clock,
  look: (when: string) => void,
): Backends {
  const taken = backends.map(() => new Map<number, number>());
  const used = backends.map(() => 0);
  const oneItem = numbered(1_000).byteLength;

  function count(backend: number, numbers: readonly number[], by: 1 | -1): void {
    for (const n of numbers) taken[backend]!.set(n, (taken[backend]!.get(n) ?? 0) + by);
  }

  /** Returns how many items it will never take. */
  function end(
    backend: number,
    batch: Batch<'logs'>,
    { kind, taken: part, retryAfterMs }: Answer,
    signal: AbortSignal,
  ): number {
    /** Truthful: an attempt that ends before it hears of this has not been here. */
    function take(batch: Batch<'logs'>): void {
      const numbers = numbersIn(batch);
      count(backend, numbers, 1);
      signal.addEventListener('abort', () => count(backend, numbers, -1));
    }

    if (kind === 'thrown') throw new Error('connection reset');
    const first = part > 0 && part < batch.itemCount ? batch.take(part) : undefined;
    if (first !== undefined) take(first);
    if (kind === 'rejected in part' && first !== undefined) return batch.itemCount;
    if (kind === 'accepted' || kind === 'rejected in part') {
      take(batch);
      return 0;
    }
    const rejected = first === undefined ? undefined : batch;
    throw new ConsumeError(kind as ConsumeErrorKind, kind, { rejected, retryAfterMs });
  }

  async function answer(backend: number, batch: Batch<'logs'>, signal: AbortSignal): Promise<number> {
    const { answers, maxItems, tellsLimit } = backends[backend]!;
    if (batch.itemCount > maxItems) {
      const maxBytes = tellsLimit ? oneItem * maxItems : undefined;
      throw new ConsumeError('permanent', 'too large', { tooLarge: { maxBytes } });
    }
    const given = answers[used[backend]!++] ?? accepted;
    if (given.kind === 'silence') return new Promise(() => {});
    if (given.afterMs > 0) await clock.sleep(given.afterMs);
    // Given up: what is said now is not heard.
    return signal.aborted ? 0 : end(backend, batch, given, signal);
  }

  const delivering = defineExporter({
    type: 'backend',
    config: z.strictObject({ ...deliveryShape, index: z.int() }),
    logs: (settings) => {
      const { index } = settings.config;
      return deliver<'logs'>(settings, async (batch, { signal }) => {
        look('before an attempt');
        const items = await answer(index, batch, signal);
        look('after an attempt');
        return () => {
          if (items > 0) settings.ledger.dropped(items, 'rejected_by_peer');
        };
      });
    },
  });
  const alone = defineExporter({
    type: 'backend',
    config: z.strictObject({ index: z.int(), fault: z.custom<Fault>() }),
    logs: ({ config: { index, fault } }) => {
      const take = (batch: Batch<'logs'>): void => count(index, numbersIn(batch), 1);
      return faulty(fault, { random, clock, take });
    },
  });

  return {
    taken,
    exporters: backends.map(({ delivery, fault }, index) => {
      const name = String(index);
      return fault === undefined
        ? delivering({ ...delivery, index }, { name })
        : alone({ index, fault }, { name });
    }),
  };
}

const accepted: Answer = { kind: 'accepted', taken: 0, afterMs: 0, retryAfterMs: undefined };
