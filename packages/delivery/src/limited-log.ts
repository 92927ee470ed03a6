import type { Clock, Logger } from '@tributary/component';

const intervalMs = 10_000;

/** Lines at a limited rate: what comes within ten seconds of one is counted into the next. */
export class LimitedLog {
  readonly #write: (fields: Readonly<Record<string, unknown>>) => void;
  readonly #clock: Clock;
  /** Name of the field that counts. */
  readonly #field: string;
  #lastMs = -Infinity;
  #count = 0;
  #fields: Readonly<Record<string, unknown>> = {};

  constructor(
    { logger, clock }: { readonly logger: Logger; readonly clock: Clock },
    level: 'info' | 'error',
    message: string,
    field: string,
  ) {
    this.#write = (fields) => logger[level](message, fields);
    this.#clock = clock;
    this.#field = field;
  }

  /** `fields` of the last are those of the line. */
  add(count: number, fields: Readonly<Record<string, unknown>>): void {
    this.#fields = fields;
    this.#count += count;
    if (this.#clock.monotonic() - this.#lastMs >= intervalMs) this.flush();
  }

  /** Writes what was counted. For shutdown, since no timer does. */
  flush(): void {
    if (this.#count === 0) return;
    this.#lastMs = this.#clock.monotonic();
    this.#write({ ...this.#fields, [this.#field]: this.#count });
    this.#count = 0;
  }
}
