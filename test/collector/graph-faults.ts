import { ConsumeError, type Clock, type Component, type Consumer, type Context } from '@tributary/component';
import type { Logs } from '@tributary/pdata';

/** All the ways in which a component may misbehave and still tell the truth about it. */
export const faults = [
  'refuses',
  'refuses later',
  'throws',
  'rejects',
  'takes a part',
  'is slow',
  'hangs',
] as const;
export type Fault = (typeof faults)[number];

/** What a faulty component is made with. */
interface Circumstances {
  readonly random: () => number;
  readonly clock: Clock;
  /** What it does with a batch that it takes. */
  readonly take: Consumer<'logs'>['consume'];
}

/** Misbehaves with every other batch, by chance. What hangs in it is let go by its shutdown. */
export function faulty(fault: Fault, { random, clock, take }: Circumstances): Component & Consumer<'logs'> {
  const hanging = new Set<() => void>();
  const oneOf = <T>(...values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const later = (): Promise<void> => clock.sleep(oneOf(0, 50, 1_500));

  function refusal(rejected?: Logs): ConsumeError {
    return new ConsumeError(oneOf('refused', 'retryable', 'permanent'), fault, {
      rejected,
      retryAfterMs: oneOf(undefined, 0, 100, 2_000),
      tooLarge: oneOf(undefined, undefined, { maxBytes: undefined }, { maxBytes: 50 }),
    });
  }
  /** JavaScript throws anything. */
  const exception = (): unknown =>
    oneOf<unknown>(new TypeError('a bug'), 'a text', undefined, { code: 'ENOENT' });

  async function takePart(logs: Logs, context: Context): Promise<void> {
    if (logs.itemCount < 2) throw refusal();
    const rejected = logs.take(1 + Math.floor(random() * (logs.itemCount - 1)));
    await take(logs, context);
    throw refusal(rejected);
  }

  async function hang(logs: Logs, context: Context): Promise<void> {
    await new Promise<void>((resolve) => hanging.add(resolve));
    if (random() < 0.5) throw refusal();
    return take(logs, context);
  }

  return {
    consume(logs, context) {
      if (random() < 0.5) return take(logs, context);
      switch (fault) {
        case 'refuses':
          throw refusal();
        case 'refuses later':
          return later().then(() => {
            throw refusal();
          });
        case 'throws':
          throw exception();
        case 'rejects':
          return later().then(() => {
            throw exception();
          });
        case 'takes a part':
          return takePart(logs, context);
        case 'is slow':
          return later().then(() => take(logs, context));
        case 'hangs':
          return hang(logs, context);
      }
    },
    shutdown() {
      for (const letGo of hanging) letGo();
      hanging.clear();
    },
  };
}
