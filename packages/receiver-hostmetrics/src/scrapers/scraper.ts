import type { GroupHead, MetricSet, Recorder } from '../metric-set.js';

/** One scrape of one scraper. */
export interface Scrape {
  /** Milliseconds since the epoch: that of all points of the scrape. */
  readonly nowMs: number;
  /** Puts what was recorded into the batch. The start is by default that of the host, the resource is empty. */
  emit(set: Pick<MetricSet<string>, 'take'>, head?: Partial<GroupHead>): void;
  /** Something could not be read, and so many metrics lack its points. What else was found is kept. */
  fail(error: unknown, metrics: number): void;
  /** Lets others have their turn, where there is much to read. Throws where the scrape has had its time. */
  pause(): Promise<void>;
}

/** Measures one thing. */
export interface Scraper {
  /** Emits what it finds. What it throws costs all of its points. */
  scrape(scrape: Scrape): void | Promise<void>;
}

/** Reads what some metrics need, unless all of them are off. Where it fails the others go on. */
export function part(scrape: Scrape, recorders: readonly Recorder[], read: () => void): void {
  const wanted = recorders.filter(({ isOn }) => isOn).length;
  if (wanted === 0) return;
  try {
    read();
  } catch (error) {
    scrape.fail(error, wanted);
  }
}
