// @tributary/processor-batch: what the package exports, written by scripts/api.mjs.
import { Duration, ProcessorFactory, Signal } from '@tributary/component';

export interface BatchConfig {
  readonly timeout?: Duration | undefined;
  readonly send_batch_size?: number | undefined;
  readonly send_batch_max_size?: number | undefined;
  readonly metadata_keys?: readonly string[] | undefined;
  readonly metadata_cardinality_limit?: number | undefined;
  readonly send_batch_size_bytes?: number | undefined;
  readonly max_held_bytes?: number | undefined;
  readonly wait_for_result?: boolean | undefined;
}
export declare const batch: ProcessorFactory<BatchConfig, Signal>;
