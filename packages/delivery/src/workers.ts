import PQueue from 'p-queue';

/** One of `num_consumers`. */
export interface Worker {
  /** Lets others work while `pause` lasts, and gets in line again afterwards. */
  leaveFor(pause: () => Promise<void>): Promise<void>;
  /** Its work is done. */
  letGo(): void;
}

/** A fixed number of workers, for whom one waits in line. */
export class Workers {
  readonly #line: PQueue;

  constructor(count: number) {
    this.#line = new PQueue({ concurrency: count });
  }

  async acquire(): Promise<Worker> {
    let letGo = await this.#wait();
    return {
      leaveFor: async (pause) => {
        letGo();
        await pause();
        letGo = await this.#wait();
      },
      letGo: () => letGo(),
    };
  }

  /** From now on nobody waits: there is nothing to do but to put things away. */
  unbind(): void {
    this.#line.concurrency = Infinity;
  }

  /** Resolves with what lets the worker go. */
  #wait(): Promise<() => void> {
    return new Promise((acquired) => {
      // Never rejects: the task ends when the worker is let go, and that is all it does.
      void this.#line.add(() => new Promise<void>((letGo) => acquired(letGo)));
    });
  }
}
