// @tributary/delivery: what the package exports, written by scripts/api.mjs.
import { Component, Consumer, Context, Duration, ExporterSettings, Settings } from '@tributary/component';
import { Batch, Signal } from '@tributary/pdata';
import { z } from 'zod';

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
  readonly sending_queue: {
    readonly enabled: boolean;
    readonly sizer: 'requests' | 'items' | 'bytes';
    readonly queue_size: number;
    readonly num_consumers: number;
    readonly block_on_overflow: boolean;
    readonly wait_for_result: boolean;
  };
}
export interface DeliveryConfig {
  readonly timeout?: Duration | undefined;
  readonly retry_on_failure?: RetryConfig | undefined;
  readonly sending_queue?: QueueConfig | undefined;
}
export interface OutboxLimits {
  readonly maxBytes: number;
  readonly retry?: Delivery['retry_on_failure'] | undefined;
}
export interface QueueConfig {
  readonly enabled?: boolean | undefined;
  readonly sizer?: 'requests' | 'items' | 'bytes' | undefined;
  readonly queue_size?: number | undefined;
  readonly num_consumers?: number | undefined;
  readonly block_on_overflow?: boolean | undefined;
  readonly wait_for_result?: boolean | undefined;
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
) => Promise<void>;
export declare function createOutbox<S extends Signal>(
  settings: Settings<unknown> & {
    readonly next: Consumer<S>;
  },
  { maxBytes, retry }: OutboxLimits,
): Component & Consumer<S>;
export declare function deliver<S extends Signal>(
  settings: ExporterSettings<Delivery, S, unknown, unknown>,
  send: Send<S>,
): Component & Consumer<S>;
export declare const deliveryShape: {
  readonly timeout: z.ZodPrefault<z.ZodType<number, Duration>>;
  readonly retry_on_failure: z.ZodPrefault<z.ZodType<Delivery['retry_on_failure'], RetryConfig>>;
  readonly sending_queue: z.ZodPrefault<z.ZodType<Delivery['sending_queue'], QueueConfig>>;
};
