import type { Plan } from './plan.js';

/** One application, agent, gateway and backend, and nothing that goes wrong; `changes` are what a test adds. */
export function calmPlan(changes: Partial<Plan> = {}): Plan {
  const waits = changes.waits ?? false;
  const batch = { timeout: '100ms', send_batch_size: 8, wait_for_result: waits } as const;
  const delivery = {
    timeout: '2s',
    retry_on_failure: { initial_interval: '200ms', max_interval: '1s', max_elapsed_time: '0s' },
    sending_queue: { wait_for_result: waits },
  } as const;
  return {
    seed: 1,
    waits,
    applications: [
      {
        name: 'application-1',
        agent: 'agent-1',
        requests: 20,
        maxItems: 5,
        maxGapMs: 500,
        timeoutMs: 5_000,
        backoffMs: 200,
        patience: Infinity,
      },
    ],
    collectors: [
      { name: 'agent-1', targets: ['gateway-1'], batch, delivery },
      { name: 'gateway-1', targets: ['backend-1'], batch, delivery },
    ],
    backends: ['backend-1'],
    troubles: new Map(),
    moods: new Map(),
    links: [],
    ...changes,
  };
}
