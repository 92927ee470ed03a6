import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { checkOut } from './checkout.js';
import type { Rated } from './rate-process.js';

/** What a row reaches here and there, round by round. */
export interface Compared {
  readonly here: readonly number[];
  readonly there: readonly number[];
  /** Why it could not be run, here or there. */
  readonly problem?: string;
}

/** Runs rows in turns against the `pdata` of this checkout and against that of a commit. */
export async function* compare(
  names: readonly string[],
  commit: string,
  rounds: number,
): AsyncGenerator<readonly [name: string, compared: Compared]> {
  const program = checkOut(commit);
  const here = new RowProcess(fileURLToPath(new URL('./rate-process.js', import.meta.url)));
  const there = new RowProcess(program);
  try {
    for (const name of names) yield [name, await compareRow(name, here, there, rounds)];
  } finally {
    here.end();
    there.end();
  }
}

async function compareRow(
  name: string,
  here: RowProcess,
  there: RowProcess,
  rounds: number,
): Promise<Compared> {
  const rates = { here: [] as number[], there: [] as number[] };
  // In the first round the compiler has its say.
  for (let round = 0; round <= rounds; round++) {
    // The second of a pair may find the machine in another state than the first.
    const isTurned = round % 2 === 1;
    const [first, second] = isTurned ? [there, here] : [here, there];
    const rated = [await first.rate(name), await second.rate(name)] as const;
    const [own, other] = isTurned ? [rated[1], rated[0]] : rated;
    if ('problem' in own) return { ...rates, problem: `here: ${own.problem}` };
    if ('problem' in other) return { ...rates, problem: `there: ${other.problem}` };
    if (round === 0) continue;
    rates.here.push(own.rate);
    rates.there.push(other.rate);
  }
  return rates;
}

class RowProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  constructor(program: string) {
    this.#child = fork(program);
    this.#ended = once(this.#child, 'exit').then(() => {
      throw new Error('the process that runs the rows has ended');
    });
    // Heard by whoever asks; at the end there is nobody.
    this.#ended.catch(() => {});
  }

  async rate(name: string): Promise<Rated> {
    this.#child.send(name);
    const [told] = (await Promise.race([once(this.#child, 'message'), this.#ended])) as [Rated];
    return told;
  }

  end(): void {
    this.#child.kill();
  }
}
