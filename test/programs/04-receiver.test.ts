import { createCollector } from '@tributary/collector';
import { memoryExporter, virtualClock } from '@tributary/testkit';
import { expect, it } from 'vitest';
import { patientTicker, ticker } from './04-receiver.js';
import { started } from './support.js';

it('a receiver that makes its own data, and one that keeps what is refused', async () => {
  const clock = virtualClock();
  const sink = memoryExporter();
  const patient = memoryExporter({}, { name: 'patient' });
  await started(
    createCollector({
      runtime: { clock },
      pipelines: {
        traces: { receivers: [ticker({ every: '5s' })], exporters: [sink] },
        'traces/patient': { receivers: [patientTicker()], exporters: [patient] },
      },
    }),
  );
  patient.refuseNext('retryable', { times: 3 });
  await clock.advance('10s');
  expect(sink.spans.map(({ name }) => name)).toEqual(['tick', 'tick']);
  await clock.advance('1m');
  expect(patient.items).toBeGreaterThanOrEqual(60);
});
