import { completeConfig, ConfigError, defineExtension } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { deliveryShape, type DeliveryConfig } from './index.js';

const schema = z.strictObject(deliveryShape);
const extension = defineExtension({ type: 'storage', config: z.strictObject({}), create: () => ({}) });
const complete = (config: unknown): z.output<typeof schema> =>
  completeConfig(schema, config, ['exporters', 'otlp']);

function problemsOf(config: unknown): string | undefined {
  try {
    complete(config);
    return undefined;
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.message;
  }
}

describe('the config', () => {
  it('has the defaults of the Collector', () => {
    expect(complete({})).toEqual({
      timeout: 5_000,
      retry_on_failure: {
        enabled: true,
        initial_interval: 5_000,
        randomization_factor: 0.5,
        multiplier: 1.5,
        max_interval: 30_000,
        max_elapsed_time: 300_000,
      },
      sending_queue: {
        enabled: true,
        sizer: 'requests',
        queue_size: 1000,
        num_consumers: 10,
        block_on_overflow: false,
        wait_for_result: false,
        batch: undefined,
        storage: undefined,
      },
    });
  });

  it('takes every key', () => {
    const config: DeliveryConfig = {
      timeout: '0s',
      retry_on_failure: {
        enabled: false,
        initial_interval: '1s',
        randomization_factor: 0,
        multiplier: 2,
        max_interval: '10s',
        max_elapsed_time: '0s',
      },
      sending_queue: {
        enabled: false,
        sizer: 'bytes',
        queue_size: 1,
        num_consumers: 1,
        block_on_overflow: true,
        wait_for_result: true,
      },
    };
    expect(complete(config)).toEqual({
      timeout: 0,
      retry_on_failure: {
        ...config.retry_on_failure,
        initial_interval: 1_000,
        max_interval: 10_000,
        max_elapsed_time: 0,
      },
      sending_queue: config.sending_queue,
    });
  });

  const retry = 'exporters.otlp.retry_on_failure';
  const queue = 'exporters.otlp.sending_queue';

  it.each([
    [{ timeout: '-1s' }, 'exporters.otlp.timeout: must not be negative, got "-1s"'],
    [
      { retry_on_failure: { initial_interval: '-1s' } },
      `${retry}.initial_interval: must not be negative, got "-1s"`,
    ],
    [
      { retry_on_failure: { randomization_factor: -0.1 } },
      `${retry}.randomization_factor: randomization_factor value must be greater than or equal to 0, got -0.1`,
    ],
    [
      { retry_on_failure: { randomization_factor: 1.1 } },
      `${retry}.randomization_factor: randomization_factor value must be less than or equal to 1, got 1.1`,
    ],
    [
      { retry_on_failure: { multiplier: -1 } },
      `${retry}.multiplier: multiplier value must be greater than or equal to 0, got -1`,
    ],
    [
      { retry_on_failure: { enabled: false, max_elapsed_time: '20s' } },
      `${retry}.max_elapsed_time: 'max_elapsed_time' must not be less than 'max_interval'`,
    ],
    [
      { retry_on_failure: { initial_interval: '6m' } },
      `${retry}.max_elapsed_time: 'max_elapsed_time' must not be less than 'initial_interval'`,
    ],
    [{ sending_queue: { queue_size: 0 } }, `${queue}.queue_size: \`queue_size\` must be positive, got 0`],
    [
      { sending_queue: { num_consumers: -5 } },
      `${queue}.num_consumers: \`num_consumers\` must be positive, got -5`,
    ],
    [
      { sending_queue: { sizer: 'spans' } },
      `${queue}.sizer: invalid sizer: "spans"; must be one of requests, items, bytes`,
    ],
    [{ sending_queue: { storage: 'file_storage' } }, `${queue}.storage: must be an extension`],
    [{ sending_queue: { que_size: 1 } }, `${queue}.que_size: unknown key; did you mean queue_size?`],
  ])('says what is wrong with %j', (config, problem) => {
    expect(problemsOf(config)).toBe(problem);
  });

  it.each(['queue_size', 'num_consumers'])('takes only whole numbers for %s', (key) => {
    expect(problemsOf({ sending_queue: { [key]: 1.5 } })).toContain(`${queue}.${key}: `);
  });

  describe('sending_queue.batch', () => {
    const batchOf = (sending_queue: object): unknown => complete({ sending_queue }).sending_queue.batch;
    const defaults = {
      flush_timeout: 200,
      sizer: 'items',
      min_size: 8192,
      max_size: 0,
      metadata_keys: [],
    };

    it.each([
      [{}, undefined],
      [{ batch: null }, defaults],
      [{ batch: {} }, defaults],
      [{ batch: { enabled: false, min_size: 1, max_size: 0 } }, undefined],
      [{ enabled: false, batch: {} }, undefined],
      [
        {
          batch: {
            flush_timeout: '1s',
            sizer: 'bytes',
            min_size: 1,
            max_size: 2,
            partition: { metadata_keys: ['A', 'b'] },
          },
        },
        { flush_timeout: 1_000, sizer: 'bytes', min_size: 1, max_size: 2, metadata_keys: ['a', 'b'] },
      ],
      // The sizer of the queue is its own, where one is given and the section is not null.
      [
        { sizer: 'bytes', queue_size: 10_000, batch: {} },
        { ...defaults, sizer: 'bytes' },
      ],
      [{ sizer: 'bytes', batch: null }, defaults],
      [{ sizer: 'requests', batch: { sizer: 'items' } }, defaults],
      [{ sizer: 'requests', batch: null }, defaults],
    ])('%j is completed', (given, completed) => {
      expect(batchOf(given)).toEqual(completed);
    });

    const onlyItemsOrBytes = `${queue}.batch.sizer: \`batch\` supports only \`items\` or \`bytes\` sizer, found "requests"`;

    it.each([
      [{ sizer: 'requests', batch: {} }, onlyItemsOrBytes],
      [{ batch: { sizer: 'requests' } }, onlyItemsOrBytes],
      [
        { batch: { sizer: 'spans' } },
        `${queue}.batch.sizer: invalid sizer: "spans"; must be one of requests, items, bytes`,
      ],
      [
        { batch: { flush_timeout: '0s' } },
        `${queue}.batch.flush_timeout: \`flush_timeout\` must be positive, found 0`,
      ],
      [
        { batch: { min_size: 2048, max_size: 1024 } },
        `${queue}.batch.max_size: \`max_size\` (1024) must be greater or equal to \`min_size\` (2048)`,
      ],
      [
        { sizer: 'items', batch: {} },
        `${queue}.batch.min_size: \`min_size\` must be less than or equal to \`queue_size\``,
      ],
      [
        { sizer: 'items', batch: null },
        `${queue}.batch.min_size: \`min_size\` must be less than or equal to \`queue_size\``,
      ],
      [{ batch: { min_size: -1 } }, `${queue}.batch.min_size: \`min_size\` must not be negative, got -1`],
      [
        { batch: { partition: { metadata_keys: ['Tenant', 'x', 'tenant'] } } },
        `${queue}.batch.partition.metadata_keys: duplicate entry in metadata_keys: "tenant" (case-insensitive)`,
      ],
      [{ batch: { partition: { keys: [] } } }, `${queue}.batch.partition.keys: unknown key`],
      [{ batch: { minsize: 1 } }, `${queue}.batch.minsize: unknown key; did you mean min_size?`],
    ])('%j is refused', (given, problem) => {
      expect(problemsOf({ sending_queue: given })).toBe(problem);
    });

    it('is not looked at where the queue is off', () => {
      expect(problemsOf({ sending_queue: { enabled: false, sizer: 'requests', batch: {} } })).toBeUndefined();
    });
  });

  it('says of wait_for_result and storage what the Collector says', () => {
    const config = { sending_queue: { wait_for_result: true, storage: extension() } };
    expect(problemsOf(config)).toBe(
      `${queue}.wait_for_result: \`wait_for_result\` is not supported with a persistent queue configured with \`storage\``,
    );
  });
});
