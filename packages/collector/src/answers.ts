import type { Logger, StatusSubject } from '@tributary/component';

/** What a component says to a question. */
export interface Answer {
  readonly component: string;
  readonly kind: StatusSubject['kind'];
  readonly pipelines: readonly string[];
  /** What it says, or undefined where it failed, and `error` says why. */
  readonly answer: unknown;
  readonly error?: string;
}

type Answerer = (query: URLSearchParams) => unknown;

interface Answering {
  readonly subject: StatusSubject;
  readonly logger: Logger;
  readonly answer: Answerer;
}

const topicForm = /^[a-z][a-z0-9_-]{0,62}$/;
/** Paths that are served beside those of topics. */
const taken: ReadonlySet<string> = new Set(['metrics', 'balance']);

/** The questions that operators may ask, by topic, and who answers them. */
export class Answers {
  readonly #byTopic = new Map<string, Set<Answering>>();

  get topics(): readonly string[] {
    return [...this.#byTopic.keys()].toSorted();
  }

  /** Nobody answers any more. */
  end(): void {
    this.#byTopic.clear();
  }

  /**
   * Returns how to end it.
   *
   * @throws TypeError where the topic is none, or this component answers it already
   */
  add(topic: string, answering: Answering): () => void {
    if (!topicForm.test(topic) || taken.has(topic)) {
      throw new TypeError(
        `topic ${JSON.stringify(topic)}: must be a lower-case name such as "why", and neither metrics nor balance`,
      );
    }
    let all = this.#byTopic.get(topic);
    if (all === undefined) this.#byTopic.set(topic, (all = new Set()));
    for (const { subject } of all) {
      if (subject === answering.subject) throw new TypeError(`topic "${topic}" is answered already`);
    }
    all.add(answering);
    return () => {
      all.delete(answering);
      if (all.size === 0 && this.#byTopic.get(topic) === all) this.#byTopic.delete(topic);
    };
  }

  /** What all say who have something to say. */
  async ask(topic: string, query: URLSearchParams): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for (const { subject, logger, answer } of this.#byTopic.get(topic) ?? []) {
      const { component, kind, pipelines } = subject;
      const of = { component, kind, pipelines };
      try {
        const said = await answer(query);
        if (said !== undefined) answers.push({ ...of, answer: said });
      } catch (error) {
        logger.error('could not answer', { topic, error });
        answers.push({
          ...of,
          answer: undefined,
          error: error instanceof Error ? error.message : String(error),
        });
      }
    }
    return answers;
  }
}
