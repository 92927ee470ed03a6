import type { ConsumeError, Host } from '@tributary/component';

/** Attempts in a row that fail before it is more than a hiccup. */
const failuresBeforeReport = 2;

/** How an exporter does, told to the host when it changes. */
export class Condition {
  #report: Host['report'] | undefined;
  #failures = 0;
  #isFailing = false;

  /** Before it and after `end` nobody is told. */
  start(host: Host): void {
    this.#report = (status) => host.report(status);
  }

  end(): void {
    this.#report = undefined;
  }

  /** How an attempt ended. */
  readonly attempted = (error: ConsumeError | undefined): void => {
    if (error === undefined) {
      this.#failures = 0;
      if (!this.#isFailing) return;
      this.#isFailing = false;
      this.#report?.({ status: 'ok' });
    } else if (error.kind !== 'permanent' && ++this.#failures >= failuresBeforeReport) this.#fail(error);
  };

  /** Something was lost. */
  dropped(error: ConsumeError): void {
    this.#fail(error);
  }

  #fail(error: ConsumeError): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#report?.({ status: 'recoverable_error', error });
  }
}
