// For exporters.
export { deliver } from './deliver.js';
export {
  deliveryShape,
  type Delivery,
  type DeliveryConfig,
  type QueueConfig,
  type RetryConfig,
} from './config.js';
export type { Send } from './retry.js';

// For components that accept now and pass on later.
export { createOutbox, type OutboxLimits } from './outbox.js';
