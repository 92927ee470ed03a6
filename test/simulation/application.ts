import { systemRuntime } from '@tributary/collector';
import { ConsumeError, type Clock } from '@tributary/component';
import { otlpGrpcClient } from '@tributary/otlp';
import type { Transport } from '@tributary/transport';
import { numbered } from '../delivery/support.js';
import type { ApplicationPlan } from './plan.js';
import type { Random } from './random.js';

/** What became of the items of an application, as it knows it. */
export interface Sent {
  readonly acknowledged: number[];
  /** Refused for good. */
  readonly refused: number[];
  /** It ran out of patience: they may have been taken, or not. */
  readonly givenUp: number[];
}

/** Sends all it has, one request after the other, as a client of OTLP must. */
export async function runApplication(
  { agent, requests, maxItems, maxGapMs, timeoutMs, backoffMs, patience }: ApplicationPlan,
  transport: Transport,
  {
    clock,
    random,
    nextItem,
  }: { readonly clock: Clock; readonly random: Random; readonly nextItem: () => number },
): Promise<Sent> {
  const sent: Sent = { acknowledged: [], refused: [], givenUp: [] };
  const unary = transport.createUnaryClient({
    runtime: systemRuntime({ clock }),
    endpoint: `${agent}:4317`,
    tls: { insecure: true, insecure_skip_verify: false },
  });
  const client = otlpGrpcClient(unary);
  const signal = new AbortController().signal;

  /** Where the items belong in the end. */
  async function send(items: readonly number[]): Promise<number[]> {
    const batch = numbered(...items);
    for (let attempt = 1; ; attempt++) {
      try {
        const partial = await client.send(batch, { signal, timeoutMs });
        return partial?.rejected ? sent.refused : sent.acknowledged;
      } catch (error) {
        if (!ConsumeError.is(error)) throw error;
        if (error.kind === 'permanent') return sent.refused;
        if (attempt === patience) return sent.givenUp;
        await clock.sleep(Math.max(backoffMs * (0.5 + random.next()), error.retryAfterMs ?? 0));
      }
    }
  }

  for (let request = 0; request < requests; request++) {
    await clock.sleep(random.between(0, maxGapMs));
    const items = Array.from({ length: random.between(1, maxItems) }, nextItem);
    const outcome = await send(items);
    outcome.push(...items);
  }
  await client.close();
  return sent;
}
