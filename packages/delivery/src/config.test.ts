import { completeConfig, ConfigError } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { deliveryShape, type DeliveryConfig } from './index.js';

const schema = z.strictObject(deliveryShape);
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
    [
      { sending_queue: { storage: 'file_storage' } },
      `${queue}.storage: is not supported yet by this component`,
    ],
    [{ sending_queue: { que_size: 1 } }, `${queue}.que_size: unknown key; did you mean queue_size?`],
  ])('says what is wrong with %j', (config, problem) => {
    expect(problemsOf(config)).toBe(problem);
  });

  it.each(['queue_size', 'num_consumers'])('takes only whole numbers for %s', (key) => {
    expect(problemsOf({ sending_queue: { [key]: 1.5 } })).toContain(`${queue}.${key}: `);
  });
});
