import { seededRandom, virtualClock } from '@tributary/testkit';
import { intervalMs, startAgents, type Balancing } from './agents.js';
import { gatewaysOf, type Change } from './changes.js';
import { endpointOf, Gateways } from './gateways.js';
import { longMs, meanMs, traceAt, type Shape, type Span, type Trace } from './traces.js';

/** One change, and what comes before and after it. */
export interface Plan {
  readonly agents: number;
  readonly gateways: number;
  readonly change: Change;
  readonly balancing: Balancing;
  readonly shapes: readonly Shape[];
  /** Traces that have begun and not ended, at any time. */
  readonly inFlight: number;
  /** When the change comes: `between` the lookups of agents that ask together, or `amid` these. */
  readonly moment: 'between' | 'amid';
  readonly seed: number;
}

/** What became of the traces. */
export interface Outcome {
  /** When the change came. */
  readonly inFlight: number;
  /** Traces that have spans at two gateways or more, whether they began before the change or after it. */
  readonly split: number;
  /** Those that have spans at two which live. */
  readonly splitAmongLiving: number;
  /** Spans of traces in flight that a gateway had when it crashed. */
  readonly lost: number;
}

/** Time goes on by this much at once. */
const stepMs = 10;
/** All agents know of the change within two intervals, and what begins later goes by the new gateways everywhere. */
const afterMs = 2.5 * intervalMs;
/** For so long the DNS has one that has crashed. */
const namedAfterCrashMs = 10_000;
/** Within which agents that ask together do so, from the beginning of an interval. */
const askingMs = 100;

/** The same for the same plan. */
export async function run(plan: Plan): Promise<Outcome> {
  // One for the agents and one for the rest, so that all agents meet the same traces.
  const random = seededRandom(plan.seed);
  // It begins where an interval begins.
  const clock = virtualClock();
  const { before, after, crashed } = gatewaysOf(plan.change, plan.gateways, random);
  const gateways = new Gateways(before);
  const agents = await startAgents(plan.agents, plan.balancing, gateways, clock, seededRandom(-plan.seed));
  const changeMs = stepOf(clock.now() + longMs + momentMs(plan.moment, random));
  const renamedMs = crashed === undefined ? changeMs : changeMs + namedAfterCrashMs;
  const traces = tracesAround(changeMs, plan, random);
  const inFlight = traces.filter(({ beginMs }) => beginMs <= changeMs);
  const due = byStep(traces);

  /** A request that nobody takes is split anew when it is known that nobody is there. */
  async function send({ trace, agent, startMs }: Span): Promise<void> {
    const decisions = agents[agent]!;
    let endpoint = decisions.backendOf(trace.id, startMs)!;
    while (!gateways.lives(endpoint)) {
      await decisions.tryOut(endpoint);
      endpoint = decisions.backendOf(trace.id, startMs)!;
    }
    trace.taken.set(endpoint, (trace.taken.get(endpoint) ?? 0) + 1);
  }

  let lost = 0;
  const lastMs = Math.max(...due.keys());
  for (let nowMs = clock.now(); nowMs <= lastMs; nowMs += stepMs) {
    if (nowMs === changeMs && crashed !== undefined) {
      gateways.crash(crashed);
      for (const { taken } of inFlight) lost += taken.get(endpointOf(crashed)) ?? 0;
    }
    if (nowMs === renamedMs) gateways.addresses = after;
    for (const span of due.get(nowMs) ?? []) await send(span);
    await clock.advance(stepMs);
  }
  const splitWhere = (counts: (endpoint: string) => boolean): number =>
    traces.filter(({ taken }) => [...taken.keys()].filter(counts).length > 1).length;
  return {
    inFlight: inFlight.length,
    split: splitWhere(() => true),
    splitAmongLiving: splitWhere((endpoint) => gateways.lives(endpoint)),
    lost,
  };
}

/** From the beginning of an interval. */
function momentMs(moment: Plan['moment'], random: () => number): number {
  switch (moment) {
    case 'amid':
      return askingMs / 2;
    case 'between':
      return askingMs + random() * (intervalMs - askingMs);
  }
}

/** Where the clock stands when it is so late. */
const stepOf = (ms: number): number => Math.ceil(ms / stepMs) * stepMs;

/** Those in flight at the change, and those that begin while agents may disagree; what has ended before is of no interest. */
function tracesAround(changeMs: number, plan: Plan, random: () => number): readonly Trace[] {
  const { agents, shapes, inFlight } = plan;
  const everyMs = meanMs / inFlight;
  const count = Math.floor((longMs + afterMs) / everyMs);
  return Array.from({ length: count }, (_, n) =>
    traceAt(Math.floor(changeMs - longMs + n * everyMs), { agents, shapes, random }),
  ).filter(({ endMs }) => endMs > changeMs);
}

/** What agents get, by the time at which they do. */
function byStep(traces: readonly Trace[]): ReadonlyMap<number, readonly Span[]> {
  const steps = new Map<number, Span[]>();
  for (const { spans } of traces) {
    for (const span of spans) {
      const step = stepOf(span.endMs);
      const due = steps.get(step);
      if (due === undefined) steps.set(step, [span]);
      else due.push(span);
    }
  }
  return steps;
}
