import type { WhyAnswer } from './answer.js';

/** A collector, as far as it can be asked. */
interface Asked {
  ask(
    topic: string,
    query: Readonly<Record<string, string>>,
  ): Promise<readonly { readonly component: string; readonly answer: unknown; readonly error?: string }[]>;
}

/**
 * Why a trace was kept or not, by each `tail_sampling` of a collector.
 *
 * @throws Error where a component cannot say, such as for an ID that is none
 */
export async function why(
  collector: Asked,
  traceId: string,
): Promise<readonly (WhyAnswer & { readonly component: string })[]> {
  const answers = await collector.ask('why', { trace: traceId });
  return answers.map(({ component, answer, error }) => {
    if (error !== undefined) throw new Error(`${component}: ${error}`);
    return { ...(answer as WhyAnswer), component };
  });
}
