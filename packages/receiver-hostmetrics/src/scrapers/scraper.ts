import type { GroupHead, Recorder } from '../metric-set.js';
import type { WireWriter } from '../wire.js';

/** One scrape of one scraper. */
export interface Scrape {
  /** Milliseconds since the epoch: that of all points of the scrape. */
  readonly nowMs: number;
  readonly writer: WireWriter;
  /** What points have in common. The start is by default that of the host. */
  head(part?: Partial<GroupHead>): GroupHead;
  /** Something could not be read, and so many metrics lack its points. What else was found is kept. */
  fail(error: unknown, metrics: number): void;
  /** Lets others have their turn, where there is much to read. Throws where the scrape has had its time. */
  pause(): Promise<void>;
}

/** Measures one thing. */
export interface Scraper {
  /** Writes what it finds, and returns how many points. What it throws costs all of its points. */
  scrape(scrape: Scrape): number | Promise<number>;
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
