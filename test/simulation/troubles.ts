import type { Clock } from '@tributary/component';
import type { Store } from './backend.js';
import type { Link } from './link.js';
import type { Mood, Trouble, Weather } from './plan.js';
import type { Process } from './process.js';

interface Times {
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** Does to a process what is planned, one after the other. At the end it runs. */
export async function inflict(
  process: Process,
  troubles: readonly Trouble[],
  { clock, log }: Times,
): Promise<void> {
  for (const trouble of troubles) {
    await clock.sleep(trouble.afterMs);
    switch (trouble.kind) {
      case 'memory is short':
        log(`${process.name}: memory is short`);
        process.memoryIsShort = true;
        await clock.sleep(trouble.forMs);
        process.memoryIsShort = false;
        log(`${process.name}: memory is there again`);
        break;
      case 'kill':
        process.kill(trouble.death);
        await clock.sleep(trouble.forMs);
        await process.start();
        break;
      case 'stop':
        await process.stop(trouble.graceMs);
        await clock.sleep(trouble.forMs);
        await process.start();
    }
  }
}

/** Has a backend behave as planned. At the end it is well. */
export async function sway(
  name: string,
  store: Store,
  moods: readonly Mood[],
  { clock, log }: Times,
): Promise<void> {
  for (const mood of moods) {
    await clock.sleep(mood.afterMs);
    log(`${name}: ${mood.kind}`);
    store.setMood(mood, clock);
    await clock.sleep(mood.forMs);
    store.setMood(undefined, clock);
    log(`${name}: well again`);
  }
}

/** Does to a link what is planned. At the end it is as it was. */
export async function storm(
  name: string,
  link: Link,
  weather: readonly Weather[],
  { clock, log }: Times,
): Promise<void> {
  const calm = link.conditions;
  for (const each of weather) {
    await clock.sleep(each.afterMs);
    log(`${name}: ${each.kind}`);
    if (each.kind === 'cut') link.cut();
    else if (each.kind === 'silence') link.isSilent = true;
    else link.conditions = each.conditions;
    await clock.sleep(each.forMs);
    link.isSilent = false;
    link.conditions = calm;
    log(`${name}: calm`);
  }
}
