import { ConsumeError, defineExporter } from '@tributary/component';
import { deliver, deliveryShape } from '@tributary/delivery';
import { z } from 'zod';

export const webhook = defineExporter({
  type: 'webhook',
  config: z.strictObject({ url: z.url(), ...deliveryShape }),
  logs: (settings) =>
    deliver(settings, async (logs, { signal }) => {
      const response = await fetch(settings.config.url, { method: 'POST', body: logs.toBytes(), signal });
      if (response.status === 400) throw new ConsumeError('permanent', `webhook said ${response.status}`);
      if (!response.ok) throw new ConsumeError('retryable', `webhook said ${response.status}`);
    }),
});
