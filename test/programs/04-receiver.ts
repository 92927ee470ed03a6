import { background, defineReceiver, duration } from '@tributary/component';
import { createOutbox } from '@tributary/delivery';
import { Traces } from '@tributary/pdata';
import { z } from 'zod';

export const ticker = defineReceiver({
  type: 'ticker',
  config: z.strictObject({ every: duration().default(1000) }),
  traces: ({ config, next, clock }) => {
    let timer: { stop(): void } | undefined;
    return {
      start() {
        timer = clock.every(config.every, async () => {
          const traces = Traces.create();
          traces
            .addResourceSpans()
            .addScope()
            .add({ name: 'tick', attributes: { n: 1 } });
          await next.consume(traces, background);
        });
      },
      shutdown() {
        timer?.stop();
      },
    };
  },
});

/** The same with an outbox: what is refused is offered again. */
export const patientTicker = defineReceiver({
  type: 'patient_ticker',
  config: z.strictObject({}),
  traces: (settings) => {
    const out = createOutbox(settings, { maxBytes: 1 << 20 });
    let timer: { stop(): void } | undefined;
    return {
      start() {
        timer = settings.clock.every(1000, () => {
          const traces = Traces.create();
          traces.addResourceSpans().addScope().add({ name: 'tick' });
          return out.consume(traces, background);
        });
      },
      async shutdown(grace) {
        timer?.stop();
        await out.shutdown?.(grace);
      },
    };
  },
});
