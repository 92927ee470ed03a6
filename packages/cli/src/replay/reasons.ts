import type { Collector } from '@tributary/collector';

/** What `tail_sampling` answers about one decision, as far as a replay looks at it. */
export interface Decision {
  readonly trace: string;
  readonly time: string;
  readonly trigger: string;
  readonly verdict: string;
  /** Who is credited. */
  readonly policy?: string;
  readonly subPolicy?: string;
  readonly spans: number;
  readonly bytes: number;
  readonly votes: readonly { readonly policy: string; readonly vote: string; readonly why: string }[];
}

/** What it answers about a trace. */
export interface Reasons {
  readonly state: string;
  readonly decisions: readonly object[];
  readonly text: readonly string[];
}

/** The shadow policies against the others. */
export interface Difference {
  readonly text: readonly string[];
}

/** All decisions of a `tail_sampling` in their order, each once. */
export class Decisions {
  /** Those that were forgotten before they were asked for. */
  forgotten = 0;
  readonly #collector: Collector;
  #next = 0;

  constructor(collector: Collector) {
    this.#collector = collector;
  }

  /** Those since the last time. */
  async *news(): AsyncGenerator<Decision, void> {
    for (;;) {
      const listing = await answerOf<{ decisions: readonly Decision[]; next: number; forgotten: number }>(
        this.#collector,
        'why',
        { after: String(this.#next), limit: '1000' },
      );
      this.#next = listing.next;
      this.forgotten += listing.forgotten;
      if (listing.decisions.length === 0) return;
      yield* listing.decisions;
    }
  }
}

export function reasonsOf(collector: Collector, trace: string): Promise<Reasons> {
  return answerOf(collector, 'why', { trace });
}

/** Undefined where there are no shadow policies. */
export async function differenceOf(collector: Collector): Promise<Difference | undefined> {
  const [asked] = await collector.ask('shadow');
  return asked?.answer as Difference | undefined;
}

async function answerOf<T>(
  collector: Collector,
  topic: string,
  query: Readonly<Record<string, string>>,
): Promise<T> {
  const [asked] = await collector.ask(topic, query);
  if (asked?.answer === undefined) throw new Error(asked?.error ?? `tail_sampling does not answer ${topic}`);
  return asked.answer as T;
}
