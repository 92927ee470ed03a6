import { ConsumeError, type Batch, type Consumer, type Context, type Signal } from '@tributary/component';
import type { Account } from './books.js';
import type { Edge } from './edge.js';
import { isPromise } from './promise.js';

/** The reason under which a branch's permanent refusal is booked when another branch accepted. */
const rejectedPermanently = 'rejected_permanently';

/** How many branches have answered what, for one batch. */
interface Answers {
  readonly items: number;
  readonly failures: { readonly edge: Edge; readonly error: ConsumeError; readonly refused: number }[];
}

/**
 * Gives every branch the batch at once and makes one outcome of theirs.
 *
 * - All accept: accepted.
 * - One refuses or fails in a way that may pass: `retryable`, with the longest hint. The
 *   caller will send again, and the branches that accepted will get it twice.
 * - Only permanent failures beside acceptances: accepted, since sending again
 *   could not help; the rejected items are booked as dropped.
 * - Nothing but permanent failures: `permanent`.
 */
export class FanOut implements Consumer<Signal> {
  readonly #account: Account;
  readonly #branches: readonly Edge[];
  readonly #onDrop: (edge: Edge, items: number, reason: string) => void;
  /** Not offered to a branch yet, or given back by one. */
  #held = 0;

  constructor(
    account: Account,
    branches: readonly Edge[],
    onDrop: (edge: Edge, items: number, reason: string) => void,
  ) {
    this.#account = account;
    this.#branches = branches;
    this.#onDrop = onDrop;
    account.held.push(() => this.#held);
  }

  consume(batch: Batch<Signal>, context: Context): void | Promise<void> {
    const branches = this.#branches;
    const items = batch.itemCount;
    const answers: Answers = { items, failures: [] };
    let pending: Promise<void>[] | undefined;
    this.#account.created += (branches.length - 1) * items;
    this.#held += branches.length * items;
    for (let i = 0; i < branches.length; i++) {
      const copy = i === branches.length - 1 ? batch : batch.clone();
      const edge = branches[i]!;
      this.#held -= items;
      try {
        const outcome = edge.consume(copy, context);
        if (isPromise(outcome)) {
          (pending ??= []).push(outcome.catch((error: unknown) => this.#refused(answers, edge, error)));
        }
      } catch (error) {
        this.#refused(answers, edge, error);
      }
    }
    return pending === undefined
      ? this.#conclude(answers)
      : Promise.all(pending).then(() => this.#conclude(answers));
  }

  admit(bytes: number | undefined): { readonly retryAfterMs: number } | undefined {
    let longest: { readonly retryAfterMs: number } | undefined;
    for (const branch of this.#branches) {
      const refusal = branch.admit(bytes);
      if (refusal !== undefined && refusal.retryAfterMs >= (longest?.retryAfterMs ?? 0)) longest = refusal;
    }
    return longest;
  }

  /** An edge throws nothing but ConsumeErrors. */
  #refused({ items, failures }: Answers, edge: Edge, thrown: unknown): void {
    const error = thrown as ConsumeError;
    const refused = error.rejected === undefined ? items : Math.min(error.rejected.itemCount, items);
    this.#held += refused;
    failures.push({ edge, error, refused });
  }

  #conclude({ items, failures }: Answers): void {
    if (failures.length === 0) return;
    let refused = 0;
    for (const failure of failures) refused += failure.refused;
    const passing = failures.filter(({ error }) => error.kind !== 'permanent').map(({ error }) => error);
    if (passing.length === 0 && refused < this.#branches.length * items) {
      for (const failure of failures) {
        this.#held -= failure.refused;
        this.#account.drop(failure.refused, rejectedPermanently);
        this.#onDrop(failure.edge, failure.refused, rejectedPermanently);
      }
      return;
    }
    // The caller keeps its batch; what some branches took all the same was
    // created here.
    this.#held -= refused;
    this.#account.created -= refused - items;
    const errors = failures.map(({ error }) => error);
    const [first] = passing.length > 0 ? passing : errors;
    throw new ConsumeError(
      passing.length > 0 ? 'retryable' : 'permanent',
      errors.map(({ message }) => message).join('; '),
      {
        cause: errors.length === 1 ? first : new AggregateError(errors),
        retryAfterMs: longestHint(passing),
        status: first!.status,
        tooLarge: first!.tooLarge,
      },
    );
  }
}

function longestHint(errors: readonly ConsumeError[]): number | undefined {
  let longest: number | undefined;
  for (const { retryAfterMs } of errors) {
    if (retryAfterMs !== undefined && retryAfterMs > (longest ?? -1)) longest = retryAfterMs;
  }
  return longest;
}
