import type { Clock, Logger, Timer } from '@tributary/component';

const pauseMs = 10_000;

/** Tells of repaired texts without filling the log: the first at once, then a sum every 10 s. */
export interface Repairs {
  /** So many fields of a request were repaired. */
  add(fields: number): void;
  /** Tells what is left, and stops. */
  close(): void;
}

/** Logs by the clock of its settings. */
export function createRepairs({
  clock,
  logger,
}: {
  readonly clock: Clock;
  readonly logger: Logger;
}): Repairs {
  let fields = 0;
  let requests = 0;
  let pause: Timer | undefined;

  function tell(): void {
    if (fields === 0) return;
    logger.warn('Replaced text that is not UTF-8 by U+FFFD', { fields, requests });
    fields = requests = 0;
  }

  function tellAndPause(): void {
    pause = fields === 0 ? undefined : clock.after(pauseMs, tellAndPause);
    tell();
  }

  return {
    add(more) {
      fields += more;
      requests += 1;
      if (pause === undefined) tellAndPause();
    },
    close() {
      pause?.stop();
      pause = undefined;
      tell();
    },
  };
}
