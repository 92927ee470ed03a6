import type { Arrangement } from './arrangement.js';

/** The rules, as they are called in test reports. */
export type ContractRule =
  | 'shuts down before it starts'
  | 'shuts down twice, also at the same time'
  | 'starts after a shutdown, or refuses to'
  | 'starts twice, or refuses to'
  | 'shuts down while it starts'
  | 'leaves no timer behind'
  | 'leaves no socket behind'
  | 'leaves no file open'
  | 'lets go when its grace has ended'
  | 'accepts'
  | 'passes every item on, once'
  | 'keeps nothing of what it has passed on'
  | 'answers with the outcome of the next'
  | 'keeps what is refused, and offers it again'
  | 'accounts for what is refused for good'
  | 'accounts for what is rejected for good'
  | 'loses nothing when it shuts down under load'
  | 'answers for what comes after its shutdown';

/** What a component must do, and how that is seen. */
export interface Rule {
  readonly rule: ContractRule;
  /**
   * What there must be: `signal` something that goes in; `end` also something to see where it
   * comes to; `part` that, and a batch that can be cut; `carried` and `held` that, and this way of answering.
   */
  readonly needs?: 'signal' | 'end' | 'part' | 'carried' | 'held';
  /** Rejects where the rule is broken. */
  readonly check: (arrangement: Arrangement) => Promise<void>;
}
