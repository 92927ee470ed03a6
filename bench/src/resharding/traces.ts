/** How the calls of a trace follow one another. */
export const shapes = ['at once', 'nested', 'in turn'] as const;

/**
 * `at once`: all services are called when the trace begins, and each has one span, which ends at any time. `nested`: they
 * are called at once too, and each has spans within its own, which begin at any time and are sent before it. `in turn`:
 * one is called when the one before has answered, with spans within as well.
 */
export type Shape = (typeof shapes)[number];

/** A trace, and where its spans went. */
export interface Trace {
  readonly id: Uint8Array;
  readonly beginMs: number;
  /** When its last span is sent. */
  readonly endMs: number;
  readonly spans: readonly Span[];
  /** Spans by gateway. */
  readonly taken: Map<string, number>;
}

/** What an agent gets when it has ended. */
export interface Span {
  readonly trace: Trace;
  readonly agent: number;
  readonly startMs: number;
  readonly endMs: number;
}

export interface TraceOptions {
  readonly agents: number;
  /** Chosen from for each trace. */
  readonly shapes: readonly Shape[];
  readonly random: () => number;
}

const shortestMs = 1000;
const longestMs = 5000;
/** Of traces that begin. They are a quarter of those in flight. */
const longShare = 0.05;
export const longMs = 20_000;
/** On average. */
export const meanMs: number = (1 - longShare) * ((shortestMs + longestMs) / 2) + longShare * longMs;

const fewestServices = 3;
const mostServices = 5;
/** Within the span of a service. */
const spansWithin = 2;
/** From a call to that which it calls at once. */
const callMs = 20;

/**
 * A trace that begins then. Each service is on a host of its own, and so has an agent of its own, unless there are fewer
 * agents than services: then any has any.
 */
export function traceAt(beginMs: number, { agents, shapes: possible, random }: TraceOptions): Trace {
  const between = (least: number, most: number): number => least + random() * (most - least);
  const lifeMs = Math.floor(random() < longShare ? longMs : between(shortestMs, longestMs));
  const shape = possible[Math.floor(random() * possible.length)]!;
  const services = Math.floor(between(fewestServices, mostServices + 1));
  const hosts: number[] = [];
  while (hosts.length < services) {
    const agent = Math.floor(random() * agents);
    if (agents < services || !hosts.includes(agent)) hosts.push(agent);
  }
  const spans: Span[] = [];
  const trace: Trace = { id: idOf(random), beginMs, endMs: beginMs + lifeMs, spans, taken: new Map() };
  const add = (agent: number, startMs: number, endMs: number): void => {
    spans.push({ trace, agent, startMs: beginMs + Math.floor(startMs), endMs: beginMs + Math.floor(endMs) });
  };
  for (const [service, agent] of hosts.entries()) {
    // The first one calls the others, and waits for them.
    const turnMs = lifeMs / (services - 1);
    const isInTurn = shape === 'in turn' && service > 0;
    const startMs = isInTurn ? turnMs * (service - 1) : callMs * random() * service;
    const lastMs = isInTurn ? turnMs * service : lifeMs - callMs * random() * service;
    const isAlone = shape === 'at once';
    const endMs = isAlone && service > 0 ? between(startMs, lastMs) : lastMs;
    add(agent, startMs, endMs);
    if (isAlone) continue;
    for (let n = 0; n < spansWithin; n++) {
      const fromMs = between(startMs, endMs);
      add(agent, fromMs, between(fromMs, endMs));
    }
  }
  return trace;
}

function idOf(random: () => number): Uint8Array {
  const words = Uint32Array.from({ length: 4 }, () => Math.floor(random() * 2 ** 32));
  return new Uint8Array(words.buffer);
}
