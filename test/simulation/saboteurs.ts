import { background, defineProcessor, type ProcessorRef } from '@tributary/component';
import { z } from 'zod';

// Processors that do what none may do: each is what one of the checks is there for.

const config = z.strictObject({});

/** Says yes, forgets every fifth batch, and has good books all the same. */
export function forgetful(): ProcessorRef<'logs'> {
  let batches = 0;
  return defineProcessor({
    type: 'forgetful',
    config,
    logs: ({ next, ledger }) => ({
      consume(logs, context) {
        if (++batches % 5 > 0) return next.consume(logs, context);
        ledger.absorbed(logs.itemCount);
      },
    }),
  })();
}

/** Passes everything on, and says that it made one item more. */
export function boastful(): ProcessorRef<'logs'> {
  return defineProcessor({
    type: 'boastful',
    config,
    logs: ({ next, ledger }) => ({
      consume(logs, context) {
        ledger.created(1);
        return next.consume(logs, context);
      },
    }),
  })();
}

/** Passes everything on twice, and says so. */
export function stuttering(): ProcessorRef<'logs'> {
  return defineProcessor({
    type: 'stuttering',
    config,
    logs: ({ next, ledger }) => ({
      async consume(logs, context) {
        ledger.created(logs.itemCount);
        await next.consume(logs.clone(), context);
        await next.consume(logs, context);
      },
    }),
  })();
}

/** Says yes before the next one has, and holds what is on its way. */
export function hasty(): ProcessorRef<'logs'> {
  return defineProcessor({
    type: 'hasty',
    config,
    logs: ({ next }) => ({
      consume(logs) {
        // Not awaited: that is the mistake.
        void next.consume(logs, background);
      },
    }),
  })();
}

/** Sets a timer that it does not stop. */
export function restless(): ProcessorRef<'logs'> {
  return defineProcessor({
    type: 'restless',
    config,
    logs: ({ clock }) => ({
      start: () => void clock.after(3_600_000, () => {}),
      process() {},
    }),
  })();
}

/** Has a timer that throws. */
export function clumsy(): ProcessorRef<'logs'> {
  return defineProcessor({
    type: 'clumsy',
    config,
    logs: ({ clock }) => ({
      start() {
        clock.after(1_000, () => {
          throw new Error('a bug');
        });
      },
      process() {},
    }),
  })();
}
