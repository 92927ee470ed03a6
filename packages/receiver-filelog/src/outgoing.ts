import type { Ledger } from '@tributary/component';
import { EntryBatch, type Entry } from '@tributary/stanza';
import type { Sender } from './sender.js';

/** Gathers the entries that have passed all operators, and gives them to the pipeline, one batch after another. */
export class Outgoing {
  readonly #sender: Sender;
  readonly #ledger: Ledger;
  readonly #batch = new EntryBatch();
  #waiting: Entry[] = [];
  #sending: Promise<void> = Promise.resolve();

  constructor(sender: Sender, ledger: Ledger) {
    this.#sender = sender;
    this.#ledger = ledger;
  }

  /** Entries that are in no batch yet. */
  get entries(): number {
    return this.#waiting.length;
  }

  add(entry: Entry): void {
    // What operators let go by themselves, when time is up, is nobody's to send.
    if (this.#waiting.length === 0) queueMicrotask(() => void this.flush());
    this.#waiting.push(entry);
  }

  /** Resolves when all that was added before is on its way no more, or stays with its file. */
  flush(): Promise<void> {
    const entries = this.#waiting;
    if (entries.length > 0) {
      this.#waiting = [];
      this.#sending = this.#sending.then(() => this.#send(entries));
    }
    return this.#sending;
  }

  async #send(entries: readonly Entry[]): Promise<void> {
    const sent = entries.filter((entry) => this.#put(entry));
    const logs = this.#batch.take();
    if (sent.length === 0 || !(await this.#sender.send(logs))) return;
    for (const { receipt } of sent) receipt.release();
  }

  /** Whether it is in the batch. What cannot be a log record is dropped. */
  #put(entry: Entry): boolean {
    try {
      this.#batch.add(entry);
      return true;
    } catch (error) {
      this.#ledger.dropped(1, 'invalid', {
        message: 'A record cannot be written as a log record. Dropping data.',
        error: (error as Error).message,
      });
      entry.receipt.release();
      return false;
    }
  }
}
