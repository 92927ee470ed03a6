import type { Decision, PolicySet } from '../policies/evaluator.js';

/**
 * What made a trace be decided: its time (`decision_wait`), its root span (`decision_wait_after_root_received`), its
 * size (`maximum_trace_size_bytes`), lack of room, a shutdown, or its spans as they came (`span-ingest`).
 */
export const triggers = ['timer', 'root', 'size', 'eviction', 'shutdown', 'ingest'] as const;
export type Trigger = (typeof triggers)[number];

/** A decision as it is told to the records of why. */
export interface Decided {
  /** 16 bytes, copied by who keeps them. */
  readonly id: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  readonly trigger: Trigger;
  readonly spanCount: number;
  readonly byteLength: number;
  readonly policies: PolicySet;
  readonly decision: Decision;
  /** Of the shadow policies, where they were asked. */
  readonly shadow: Decision | undefined;
  readonly shadowPolicies: PolicySet | undefined;
}
