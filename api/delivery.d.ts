// @tributary/delivery: what the package exports, written by scripts/api.mjs.
import {
  Component,
  Consumer,
  Context,
  Duration,
  ExporterSettings,
  ExtensionRef,
  Settings,
  StorageProvider,
} from '@tributary/component';
import { Batch, Signal } from '@tributary/pdata';
import { z } from 'zod';

export type BatchSettings = BatchOf<'items' | 'bytes'>;
export interface DeliverOptions {
  readonly attributes?: MetricAttributes | undefined;
  readonly lane?: MetricAttributes | undefined;
  readonly sections?: readonly Section[] | undefined;
}
export interface Deliverer<S extends Signal> extends Component, Consumer<S> {
  handBack(takeBack: TakeBack<S>): Promise<void>;
}
export interface Delivery {
  readonly timeout: number;
  readonly retry_on_failure: {
    readonly enabled: boolean;
    readonly initial_interval: number;
    readonly randomization_factor: number;
    readonly multiplier: number;
    readonly max_interval: number;
    readonly max_elapsed_time: number;
  };
  readonly sending_queue: QueueSettings;
}
export interface DeliveryConfig {
  readonly timeout?: Duration | undefined;
  readonly retry_on_failure?: RetryConfig | undefined;
  readonly sending_queue?: QueueConfig | undefined;
}
export type MetricAttributes = Readonly<Record<string, string | number | boolean>>;
export interface Outbox<S extends Signal> extends Component, Consumer<S> {
  heldBytes(): number;
}
export interface OutboxLimits {
  readonly maxBytes: number;
  readonly retry?: Delivery['retry_on_failure'] | undefined;
}
export interface PartitionConfig {
  readonly metadata_keys?: readonly string[] | undefined;
}
export interface QueueBatchConfig {
  readonly enabled?: boolean | undefined;
  readonly flush_timeout?: Duration | undefined;
  readonly sizer?: 'items' | 'bytes' | undefined;
  readonly min_size?: number | undefined;
  readonly max_size?: number | undefined;
  readonly partition?: PartitionConfig | undefined;
}
export interface QueueConfig {
  readonly enabled?: boolean | undefined;
  readonly sizer?: 'requests' | 'items' | 'bytes' | undefined;
  readonly queue_size?: number | undefined;
  readonly num_consumers?: number | undefined;
  readonly block_on_overflow?: boolean | undefined;
  readonly wait_for_result?: boolean | undefined;
  readonly batch?: QueueBatchConfig | null | undefined;
  readonly storage?: ExtensionRef<StorageProvider> | undefined;
}
export interface QueueSettings {
  readonly enabled: boolean;
  readonly sizer: 'requests' | 'items' | 'bytes';
  readonly queue_size: number;
  readonly num_consumers: number;
  readonly block_on_overflow: boolean;
  readonly wait_for_result: boolean;
  readonly batch: BatchSettings | undefined;
  readonly storage: ExtensionRef<StorageProvider> | undefined;
}
export interface RetryConfig {
  readonly enabled?: boolean | undefined;
  readonly initial_interval?: Duration | undefined;
  readonly randomization_factor?: number | undefined;
  readonly multiplier?: number | undefined;
  readonly max_interval?: Duration | undefined;
  readonly max_elapsed_time?: Duration | undefined;
}
export type Send<S extends Signal> = (
  batch: Batch<S>,
  attempt: {
    readonly signal: AbortSignal;
    readonly context: Context;
  },
) => Promise<(() => void) | void>;
export type TakeBack<S extends Signal> = Consumer<S>['consume'];
export declare function createOutbox<S extends Signal>(
  settings: Settings<unknown> & {
    readonly next: Consumer<S>;
  },
  { maxBytes, retry }: OutboxLimits,
): Outbox<S>;
export declare function deliver<S extends Signal>(
  settings: ExporterSettings<Delivery, S, unknown, unknown>,
  send: Send<S>,
  options?: DeliverOptions,
): Deliverer<S>;
export declare const deliveryShape: {
  readonly timeout: z.ZodPrefault<z.ZodType<number, Duration>>;
  readonly retry_on_failure: z.ZodPrefault<z.ZodType<Delivery['retry_on_failure'], RetryConfig>>;
  readonly sending_queue: z.ZodPrefault<z.ZodType<QueueSettings, QueueConfig>>;
};
export declare function isTimeout(error: unknown): boolean;

// Not exported, but referred to above.
interface BatchOf<Sizer> {
  readonly flush_timeout: number;
  readonly sizer: Sizer;
  readonly min_size: number;
  readonly max_size: number;
  readonly metadata_keys: readonly string[];
}
type Section = 'retry_on_failure' | 'sending_queue';
