import type { BenchOptions } from './options.js';
import { Report } from './report.js';
import { losing, peer, tributary, type SubjectKind } from './subject/subject.js';

/** A part of the bench: cases that share a table. */
export interface Section {
  readonly cases: readonly string[];
  run(session: Session, cases: readonly string[]): Promise<void>;
}

/** The runs of each collector. */
export type Results<Run> = readonly (readonly [subject: string, runs: readonly Run[]])[];

/** One run of the bench. */
export class Session {
  readonly options: BenchOptions;
  readonly report: Report = new Report();
  /** Ours, and a peer if there is one. */
  readonly collectors: readonly [SubjectKind, ...SubjectKind[]];
  /** Every single measurement, by case and subject. */
  readonly measured: Record<string, unknown> = {};
  /** Losses, errors, and with `--check` targets that were missed. */
  readonly failures: string[] = [];

  constructor(options: BenchOptions) {
    this.options = options;
    const peers = options.peer === undefined ? [] : [peer(options.peer)];
    this.collectors = [options.break ? losing : tributary, ...peers];
  }

  /** Runs a case; where it fails, the others go on. */
  async attempt(name: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Measures each collector so many times, in turns. */
  async inTurns<Run extends object>(
    name: string,
    rounds: number,
    measure: (kind: SubjectKind) => Promise<Run>,
  ): Promise<Results<Run>> {
    const [results] = await this.casesInTurns([{ name, measure }], rounds);
    return results!;
  }

  /** The same for cases that are to be compared: what varies with the hour is the same for all of them. */
  async casesInTurns<Run extends object>(
    cases: readonly { readonly name: string; readonly measure: (kind: SubjectKind) => Promise<Run> }[],
    rounds: number,
  ): Promise<readonly Results<Run>[]> {
    const all = cases.map(() => this.collectors.map(({ name }) => [name, [] as Run[]] as const));
    for (let round = 0; round < rounds; round++)
      for (const [n, { measure }] of cases.entries())
        for (const [i, kind] of this.collectors.entries()) all[n]![i]![1].push(await measure(kind));
    for (const [n, { name }] of cases.entries()) this.measured[name] = Object.fromEntries(all[n]!);
    return all;
  }

  countLoss(name: string, subject: string, lost: number): void {
    if (lost > 0) this.failures.push(`${name}: ${subject} LOST ${lost} items`);
  }

  /** What ours must not be above, or with `atLeast` below. */
  expect(what: string, value: number, { atMost, atLeast }: { atMost?: number; atLeast?: number }): void {
    if (!this.options.check) return;
    if (atMost !== undefined && value > atMost)
      this.failures.push(`${what}: ${value.toPrecision(3)}, and the target is at most ${atMost}`);
    if (atLeast !== undefined && value < atLeast)
      this.failures.push(`${what}: ${value.toPrecision(3)}, and the target is at least ${atLeast}`);
  }
}
