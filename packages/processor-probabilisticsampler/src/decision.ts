import type { Bits56 } from './consistent/bits56.js';
import type { Marks } from './consistent/marks.js';
import { highest } from './consistent/randomness.js';
import { always, type Threshold } from './consistent/threshold.js';

/** What an item is sampled by. One object serves all items of a part: an object each would cost more than to decide. */
export interface Item {
  /** 16 bytes, or none where there is no valid one. */
  traceId: Uint8Array;
  /** What mode `hash_seed` hashes; nothing where there is nothing. */
  key: Uint8Array;
  /** Where `key` came from. */
  keyPolicy: string;
  /** `undefined` where they cannot be read. */
  marks: Marks | undefined;
}

/** Why an item cannot be decided about. `fail_closed` says what becomes of it. */
export type Fault = 'unreadable' | 'sampled_before' | 'missing_randomness' | 'inconsistent';

/** What was decided about an item; one object for all of a part. */
export interface Decision {
  fault: Fault | undefined;
  randomness: Bits56;
  /** Kept where `randomness` is not below it. */
  threshold: Threshold;
  /** Where the randomness came from, as the metric says. */
  policy: string;
  /** The threshold that the item came with, unless it cannot be true. */
  earlier: Threshold | undefined;
  /** Which marks an item that is kept gets. */
  writes: 'none' | 'threshold' | 'both';
}

/** Decides about one item. */
export type Sampler = (item: Item, decision: Decision) => void;

export function newItem(): Item {
  const none = new Uint8Array(0);
  return { traceId: none, key: none, keyPolicy: 'trace_id_hash', marks: undefined };
}

export function newDecision(): Decision {
  return {
    fault: undefined,
    randomness: highest,
    threshold: always,
    policy: '',
    earlier: undefined,
    writes: 'none',
  };
}
