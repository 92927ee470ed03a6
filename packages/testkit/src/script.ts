import {
  ConsumeError,
  type Batch,
  type ConsumeErrorKind,
  type Context,
  type DownstreamStatus,
  type Signal,
} from '@tributary/component';

/** How a test sink or server answers. Without a script it accepts everything. */
export interface Script {
  /**
   * Refuses the next batch, and those after it where `times` says so. May be
   * called again: the refusals are used up in order, before `respond` is asked.
   */
  refuseNext(kind: ConsumeErrorKind, options?: Refusal): void;
  /**
   * Asks `answer` about every batch from now on: it returns or resolves to accept,
   * and throws to refuse. What it has taken out of the batch by `take` is not kept.
   * `undefined` accepts everything again.
   */
  respond(answer: Answer | undefined): void;
}

/** Says what becomes of a batch. */
export type Answer = (batch: Batch<Signal>, context: Context) => void | Promise<void>;

/** What is said beside the kind of a refusal. */
export interface Refusal {
  /** How many batches. Default 1. */
  readonly times?: number;
  readonly message?: string;
  readonly retryAfterMs?: number;
  readonly status?: DownstreamStatus;
  /** Refuses only the last `items` of the batch, and takes the rest. Default: all. Profiles cannot be cut: all. */
  readonly items?: number;
}

/** Plays a script: throws for what is refused, and leaves in the batch what is accepted. */
export class ScriptedAnswers implements Script {
  readonly #next: Answer[] = [];
  #answer: Answer | undefined;

  refuseNext(kind: ConsumeErrorKind, options: Refusal = {}): void {
    this.next((batch) => refuse(batch, kind, options), options.times);
  }

  /** Gives the next batches, after those that are spoken for, to `answer`. */
  next(answer: Answer, times: number = 1): void {
    for (let n = 0; n < times; n++) this.#next.push(answer);
  }

  respond(answer: Answer | undefined): void {
    this.#answer = answer;
  }

  answer(batch: Batch<Signal>, context: Context): void | Promise<void> {
    return (this.#next.shift() ?? this.#answer)?.(batch, context);
  }
}

function refuse(batch: Batch<Signal>, kind: ConsumeErrorKind, refusal: Refusal): never {
  const { message = `${kind}, says the test`, items, retryAfterMs, status } = refusal;
  const rejected = items === undefined ? undefined : takeLast(batch, items);
  throw new ConsumeError(kind, message, { retryAfterMs, status, rejected });
}

/** Cuts the last items off; `batch` keeps the rest. */
function takeLast(batch: Batch<Signal>, items: number): Batch<Signal> | undefined {
  const kept = batch.itemCount - items;
  if (kept <= 0 || batch.signal === 'profiles') return undefined;
  const first = batch.take(kept);
  const last = batch.transfer();
  batch.append(first);
  return last;
}
