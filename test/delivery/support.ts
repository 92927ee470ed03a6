import {
  completeConfig,
  createContext,
  type Batch,
  type Component,
  type Consumer,
  type Context,
  type Ledger,
  type Logger,
  type ExporterSettings,
} from '@tributary/component';
import { systemRuntime } from '@tributary/collector';
import { deliveryShape, type Delivery, type DeliveryConfig, type Send } from '@tributary/delivery';
import { Logs } from '@tributary/pdata';
import { virtualClock, type VirtualClock } from '@tributary/testkit';
import { z } from 'zod';

/** Log records that can be told apart: one for each number. */
export function numbered(...numbers: readonly number[]): Logs {
  const logs = Logs.create();
  const scope = logs.addResourceLogs().addScope();
  for (const number of numbers) scope.add({ body: number });
  return logs;
}

/** The numbers in a batch, in their order. */
export function numbersIn(batch: Batch<'logs'>): number[] {
  return [...batch.records()].map(({ body }) => Number(body));
}

export interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What stands around a component: time, chance, and who hears what it says. */
export interface World {
  readonly clock: VirtualClock;
  readonly lines: Line[];
  /** Items by reason. */
  readonly dropped: Map<string, number>;
  readonly heldItems: () => number;
  readonly heldBytes: () => number;
  readonly settings: Omit<ExporterSettings<undefined, 'logs'>, 'config'>;
}

export function createWorld(random: () => number = () => 0.5): World {
  const clock = virtualClock();
  const lines: Line[] = [];
  const dropped = new Map<string, number>();
  let heldItems = (): number => 0;
  let heldBytes = (): number => 0;
  const write =
    (level: Line['level']) =>
    (message: string, fields: Line['fields'] = {}): void =>
      void lines.push({ level, message, fields });
  const logger: Logger = {
    debug() {},
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  const ledger: Ledger = {
    created() {},
    absorbed() {},
    filtered() {},
    // As the engine does, but for the limit of its rate.
    dropped(items, reason, { message = 'Dropping data.', error } = {}) {
      if (items === 0) return;
      dropped.set(reason, (dropped.get(reason) ?? 0) + items);
      logger.error(message, { dropped_items: items, reason, ...(error !== undefined && { error }) });
    },
    held(items, bytes = heldBytes) {
      heldItems = items;
      heldBytes = bytes;
    },
  };
  const runtime = systemRuntime({ clock, logger, random });
  const meter = runtime.meterProvider.getMeter('test');
  return {
    clock,
    lines,
    dropped,
    heldItems: () => heldItems(),
    heldBytes: () => heldBytes(),
    settings: {
      ...runtime,
      id: 'test',
      meter,
      ledger,
      signal: 'logs',
      shared: undefined,
      handle: {},
    },
  };
}

const schema = z.strictObject(deliveryShape);

export function complete(config: DeliveryConfig = {}): Delivery {
  return completeConfig(schema, config, ['exporters', 'test']);
}

/** A signal that never aborts. */
export const never: AbortSignal = new AbortController().signal;

/** What one attempt is asked to do, and how it ends. */
export interface Attempt {
  readonly atMs: number;
  readonly numbers: readonly number[];
  readonly signal: AbortSignal;
  readonly context: Context;
  readonly succeed: () => void;
  readonly fail: (error: unknown) => void;
}

/** A backend whose attempts end when the test says so, or as `answer` does. */
export function createBackend(clock: VirtualClock): {
  readonly attempts: Attempt[];
  /** Asked of each attempt; without it an attempt waits for the test. */
  answer: ((batch: Batch<'logs'>, attempt: number) => void | Promise<void>) | undefined;
  readonly send: Send<'logs'>;
} {
  const attempts: Attempt[] = [];
  const backend = {
    attempts,
    answer: undefined as ((batch: Batch<'logs'>, attempt: number) => void | Promise<void>) | undefined,
    send: (
      batch: Batch<'logs'>,
      { signal, context }: { readonly signal: AbortSignal; readonly context: Context },
    ): Promise<void> =>
      new Promise((succeed, fail) => {
        const number = attempts.length;
        attempts.push({
          atMs: clock.monotonic(),
          numbers: numbersIn(batch),
          signal,
          context,
          succeed,
          fail,
        });
        if (backend.answer === undefined) return;
        try {
          Promise.resolve(backend.answer(batch, number)).then(succeed, fail);
        } catch (error) {
          fail(error);
        }
      }),
  };
  return backend;
}

/** What a call came to. */
export interface Call {
  outcome: 'waiting' | 'accepted' | 'refused';
  error?: unknown;
}

/** Consumes and notes the outcome: `accepted` at once where no promise comes. */
export function call(
  consumer: Consumer<'logs'>,
  batch: Batch<'logs'>,
  context: Context = createContext({}),
): Call {
  const noted: Call = { outcome: 'waiting' };
  const refuse = (error: unknown): void => void Object.assign(noted, { outcome: 'refused', error });
  try {
    const outcome = consumer.consume(batch, context);
    if (outcome === undefined) noted.outcome = 'accepted';
    else outcome.then(() => (noted.outcome = 'accepted'), refuse);
  } catch (error) {
    refuse(error);
  }
  return noted;
}

/** Begins a shutdown and tells whether it has ended. */
export function shutDown(component: Component, grace: AbortSignal = never): { isDone: boolean } {
  const noted = { isDone: false };
  void Promise.resolve(component.shutdown?.(grace)).then(() => (noted.isDone = true));
  return noted;
}
