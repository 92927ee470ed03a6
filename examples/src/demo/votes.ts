/** What a policy said of traces. */
export interface Votes {
  readonly sampled: number;
  readonly notSampled: number;
}

/** A line of the text format: what one policy has decided so far, in one way. */
const line = /^otelcol_processor_tail_sampling_count_traces_sampled\w*\{(.*)\} (\d+)$/gm;

/** What gateways tell of their policies at `/metrics`, by policy, added to what was known. */
export async function votesOf(
  endpoints: readonly string[],
  before: ReadonlyMap<string, Votes> = new Map(),
): Promise<ReadonlyMap<string, Votes>> {
  const all = new Map(before);
  for (const endpoint of endpoints) {
    const text = await (await fetch(`${endpoint}/metrics`)).text();
    for (const [, labels = '', count] of text.matchAll(line)) {
      const policy = /\bpolicy="([^"]*)"/.exec(labels)?.[1] ?? '';
      const { sampled, notSampled } = all.get(policy) ?? { sampled: 0, notSampled: 0 };
      const isSampled = labels.includes('decision="sampled"');
      all.set(policy, {
        sampled: sampled + (isSampled ? Number(count) : 0),
        notSampled: notSampled + (isSampled ? 0 : Number(count)),
      });
    }
  }
  return all;
}
