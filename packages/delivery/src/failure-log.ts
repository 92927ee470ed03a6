import type { Clock, Logger } from '@tributary/component';

const intervalMs = 10_000;

/** Error lines at a limited rate: what comes within ten seconds of one is counted into the next. */
export class FailureLog {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #message: string;
  /** Name of the field that counts the items. */
  readonly #field: string;
  #lastMs = -Infinity;
  #items = 0;
  #error = '';

  constructor(settings: { readonly logger: Logger; readonly clock: Clock }, message: string, field: string) {
    this.#logger = settings.logger;
    this.#clock = settings.clock;
    this.#message = message;
    this.#field = field;
  }

  add(error: string, items: number): void {
    this.#error = error;
    this.#items += items;
    if (this.#clock.monotonic() - this.#lastMs >= intervalMs) this.flush();
  }

  /** Writes what was counted. For shutdown, since no timer does. */
  flush(): void {
    if (this.#items === 0) return;
    this.#lastMs = this.#clock.monotonic();
    this.#logger.error(this.#message, { error: this.#error, [this.#field]: this.#items });
    this.#items = 0;
  }
}
