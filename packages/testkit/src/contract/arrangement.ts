import { background, ConsumeError, type Batch, type Signal } from '@tributary/component';
import { batchFactory } from '@tributary/pdata';
import { KeepingSink } from '../memory-exporter.js';
import type { Received } from '../received.js';
import type { Script } from '../script.js';
import { numbered } from './items.js';
import { mount, type Mounted, type Way } from './mount.js';
import type { ContractOptions, ContractRemote } from './options.js';
import { passingTime, type PassingTime } from './time.js';

/** A component, what is before it and what is behind it. */
export interface Arrangement extends PassingTime {
  readonly mounted: Mounted;
  /** What the items come to in the end: the next consumer, or the far end of an exporter. */
  readonly end: Received & Script;
  /** Between two sockets a kind may lose its finer meaning. */
  readonly hasSockets: boolean;
  readonly start: () => Promise<void>;
  readonly shutdown: (grace?: AbortSignal) => Promise<void>;
  /** Puts one item in, where there is a way in. */
  readonly use: () => Promise<void>;
  /** Puts items in, and tells how many of them were accepted. */
  readonly offer: (...numbers: readonly number[]) => Promise<Offered>;
  /** The batches that have gone through its hands, and their bytes, for as long as anything refers to them. */
  readonly passed: readonly WeakRef<object>[];
  /** Waits until so many items have arrived or were booked as dropped. */
  readonly account: (items: number) => Promise<void>;
}

/** What became of an offer. */
export interface Offered {
  readonly numbers: readonly number[];
  readonly accepted: number;
  readonly error: ConsumeError | undefined;
}

/** Runs a check on a component that nothing else has used. */
export async function inArrangement<R extends ContractRemote>(
  options: ContractOptions<R>,
  way: Way,
  check: (arrangement: Arrangement) => Promise<void>,
): Promise<void> {
  const remote = await options.remote?.();
  try {
    await runCheck(options, way, remote, check);
  } finally {
    await remote?.close();
  }
}

async function runCheck<R extends ContractRemote>(
  options: ContractOptions<R>,
  way: Way,
  remote: R | undefined,
  check: (arrangement: Arrangement) => Promise<void>,
): Promise<void> {
  const hasSockets = remote !== undefined || options.send !== undefined;
  const time = passingTime(hasSockets);
  const sink = new KeepingSink();
  const end = remote ?? sink;
  const passed: WeakRef<object>[] = [];
  const mounted = mount(options.create(remote as R), way, {
    clock: time.clock,
    // As the edges of an engine do it: what was handed over is empty from then on.
    next: {
      consume(batch, context) {
        passed.push(new WeakRef(batch));
        return sink.take(batch.transfer(), context, Infinity);
      },
    },
  });
  const shutdown = (grace: AbortSignal = never): Promise<void> =>
    time.drive('shutdown', mounted.shutdown(grace));

  async function put(signal: Signal, numbers: readonly number[]): Promise<number | void> {
    // In bytes that nothing else lies in.
    const bytes = Uint8Array.from(numbered(signal, numbers).toBytes());
    const batch: Batch<Signal> = batchFactory(signal).from(bytes);
    if (options.send !== undefined) return options.send(batch, mounted.addresses);
    passed.push(new WeakRef(batch), new WeakRef(bytes.buffer));
    return mounted.consume?.(batch, background);
  }
  async function offer(...numbers: readonly number[]): Promise<Offered> {
    try {
      const rejected = await time.drive('consume', put(way.from!, numbers));
      return { numbers, accepted: numbers.length - (rejected ?? 0), error: undefined };
    } catch (error) {
      if (!ConsumeError.is(error)) throw error;
      const rejected = error.rejected?.itemCount ?? numbers.length;
      return { numbers, accepted: numbers.length - rejected, error };
    }
  }

  try {
    await check({
      ...time,
      mounted,
      end,
      hasSockets,
      passed,
      start: () => time.drive('start', mounted.start()),
      shutdown,
      offer,
      async use() {
        if (way.from !== undefined && (options.send ?? mounted.consume) !== undefined) await offer(1);
      },
      account: (items) =>
        time.until(
          `${items} items were accepted, and did not arrive`,
          () => end.items + mounted.dropped() >= items,
        ),
    });
  } finally {
    // What a check left running must not disturb the next; its own error is the one to see.
    await shutdown(AbortSignal.abort()).catch(() => {});
    time.stop();
  }
}

/** No end of patience. */
export const never: AbortSignal = new AbortController().signal;
