// For exporters.
export { deliver, type Deliverer, type DeliverOptions } from './deliver.js';
export { deliveryShape, type Delivery, type DeliveryConfig, type RetryConfig } from './config.js';
export type {
  BatchSettings,
  PartitionConfig,
  QueueBatchConfig,
  QueueConfig,
  QueueSettings,
} from './queue-config.js';
export type { MetricAttributes } from './metrics.js';
export type { TakeBack } from './queued.js';
export type { Send } from './retry.js';
export { isTimeout } from './timeout.js';

// For components that accept now and pass on later.
export { createOutbox, type Outbox, type OutboxLimits } from './outbox.js';
