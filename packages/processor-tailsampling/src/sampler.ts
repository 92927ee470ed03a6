import type { Clock } from '@tributary/component';
import { at, readVarint } from '@tributary/pdata/bytes';
import { Assembly } from './assembly.js';
import type { Completed } from './config.js';
import { DecisionCache } from './decision-cache.js';
import { Intake, type Receiver, type Run } from './intake.js';
import { Marks } from './marks.js';
import type { Decision, Evaluator, PolicySet } from './policies/evaluator.js';
import { Heads } from './store/heads.js';
import { slabBytesFor, Slabs } from './store/slabs.js';
import { Stretches } from './store/stretches.js';
import { TraceTable } from './store/trace-table.js';
import { undecided } from './undecided.js';
import type { Decided, Trigger } from './why/decided.js';

const none = -1;
/** Tag and length of a group, about. */
const groupFrameBytes = 4;

/** A request that is put together from several traces is passed on when it holds so much: half of what receivers take. */
const fullSpans = 8192;
const fullBytes = 2 * 1024 * 1024;
/** How often the clock is looked at while traces are decided. */
const tracesBetweenLooks = 16;

/** What hears of what the sampler does. */
export interface SamplerEvents {
  /** An export request of kept spans. */
  emit(request: Buffer, spanCount: number): void;
  /** Spans that are gone by decision. */
  filtered(spanCount: number): void;
  decided(decided: Decided, waitedMs: number): void;
  /** Spans of a trace that was decided before. */
  late(isKept: boolean, spanCount: number, sinceDecisionS: number, id: Uint8Array): void;
  newTrace(): void;
  /** What policies took for one trace of {@link timedOneIn}, in microseconds. */
  timed(policies: PolicySet, micros: Float64Array): void;
}

/** The execution of policies is timed for one trace in so many. */
export const timedOneIn = 64;

/**
 * Holds spans until their traces are decided, and decides. It knows nothing of timers: it is ticked once a second,
 * and decides about a trace that it got between the ticks t and t + 1 at the tick t + decision_wait + 1.
 */
export class Sampler implements Receiver {
  /** Spans that wait for a decision, and decided ones that were not emitted yet. */
  heldSpans = 0;
  /** Ticks since the start. */
  ticks = 0;

  #config: Completed;
  #evaluator: Evaluator;
  #maxBytes: number;
  readonly #otherBytes: () => number;
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly #events: SamplerEvents;
  readonly #heads = new Heads();
  readonly #slabs: Slabs;
  readonly #stretches = new Stretches();
  readonly #table: TraceTable;
  readonly #cache: DecisionCache;
  readonly #marks = new Marks();
  readonly #intake: Intake;
  #assembly: Assembly;
  /** First stretches of the traces that are in the assembly. */
  readonly #assembled: number[] = [];
  /** The scope of an incoming request that was copied last, the slab that it is in, and how far it has moved. */
  #copiedScope = 0;
  #copiedSlab = none;
  #moved = 0;
  /** Of `span-ingest`: traces that got spans within a group, each with the first stretch of these. */
  readonly #touched: number[] = [];
  readonly #size: { id: Uint8Array; spanCount: number; byteLength: number };
  readonly #decided: { -readonly [Key in keyof Decided]: Decided[Key] };
  /** Some of the traces that are due were decided: what is kept of all goes together. */
  #isAmidstTick = false;
  #nowMs = 0;
  #untimed = 0;
  #micros = new Float64Array(0);

  constructor(
    config: Completed,
    evaluator: Evaluator,
    outside: {
      readonly clock: Pick<Clock, 'now' | 'monotonic'>;
      readonly random: () => number;
      /** Most bytes of spans, and of what is held elsewhere. */
      readonly maxBytes: number;
      readonly otherBytes: () => number;
      readonly events: SamplerEvents;
    },
  ) {
    this.#config = config;
    this.#evaluator = evaluator;
    this.#clock = outside.clock;
    this.#events = outside.events;
    this.#maxBytes = outside.maxBytes;
    this.#otherBytes = outside.otherBytes;
    this.#slabs = new Slabs(slabBytesFor(outside.maxBytes));
    this.#table = new TraceTable(outside.random);
    const { sampled_cache_size: keptSize, non_sampled_cache_size: otherSize } = config.decision_cache;
    this.#cache = new DecisionCache(keptSize, otherSize, outside.random);
    this.#intake = new Intake(this.#heads, this);
    this.#intake.seeksRoots = config.decision_wait_after_root_received >= 0;
    this.#assembly = new Assembly(this.#heads, this.#marks);
    const id = new Uint8Array(16);
    this.#size = { id, spanCount: 0, byteLength: 0 };
    const policies = evaluator.sets[0]!;
    this.#decided = {
      id,
      timeMs: 0,
      trigger: 'timer',
      spanCount: 0,
      byteLength: 0,
      policies,
      decision: undecided(policies),
      shadow: undefined,
      shadowPolicies: undefined,
    };
  }

  /** Traces that wait. */
  get traceCount(): number {
    return this.#table.size;
  }

  /** What counts toward `max_bytes`. */
  get storedBytes(): number {
    return this.#slabs.byteLength + this.#heads.byteLength;
  }

  /** All that the store keeps alive. */
  get memory(): number {
    return (
      this.storedBytes +
      this.#slabs.spareBytes +
      this.#stretches.memory +
      this.#table.memory +
      this.#cache.byteLength
    );
  }

  /** Whether so many traces that it does not know would find room, without others being decided early. */
  hasRoomFor(traces: number): boolean {
    return this.#table.size + traces <= this.#config.num_traces;
  }

  /** Goes on with other settings. Traces that wait are decided by the new policies, when they were due. */
  adopt(config: Completed, evaluator: Evaluator, maxBytes: number): void {
    this.#config = config;
    this.#evaluator = evaluator;
    this.#maxBytes = maxBytes;
    this.#intake.seeksRoots = config.decision_wait_after_root_received >= 0;
    const { sampled_cache_size: keptSize, non_sampled_cache_size: otherSize } = config.decision_cache;
    this.#cache.resize(keptSize, otherSize);
  }

  /** Takes the spans of an export request. */
  add(request: Buffer): void {
    this.#nowMs = this.#clock.monotonic();
    this.#intake.walk(request);
    this.#endCopy();
    // Amidst a tick it goes with the traces of that tick.
    if (!this.#isAmidstTick) this.flush();
  }

  /** The next second has come. Due traces are then decided by `work`. */
  tick(): void {
    this.ticks++;
  }

  /** Whether traces wait that were due at an earlier tick. */
  get isBehind(): boolean {
    return this.#table.firstDue(this.ticks - 1) !== none;
  }

  /** Decides about due traces, for so many milliseconds. True where some are left. */
  work(forMs: number): boolean {
    this.#decideDue(this.ticks, 'timer', forMs);
    this.#isAmidstTick = this.#table.firstDue(this.ticks) !== none;
    if (!this.#isAmidstTick) this.flush();
    return this.#isAmidstTick;
  }

  /** Decides about all that is here, for so many milliseconds. True where some are left. */
  workOff(forMs: number): boolean {
    this.#decideDue(Infinity, 'shutdown', forMs);
    this.flush();
    return this.#table.size > 0;
  }

  /** Decides about traces that are due by a tick, until none is left or the time is up. */
  #decideDue(tick: number, trigger: Trigger, forMs: number): void {
    const untilMs = this.#clock.monotonic() + forMs;
    for (let count = 1; ; count++) {
      const trace = this.#table.firstDue(tick);
      if (trace === none) return;
      this.#decide(trace, trigger);
      if (count % tracesBetweenLooks === 0 && this.#clock.monotonic() >= untilMs) return;
    }
  }

  /** Lets all go that waits, without a decision, and tells how many spans it was. What is kept already goes on. */
  abandon(): number {
    this.flush();
    let spans = 0;
    for (let trace = this.#table.firstDue(); trace !== none; trace = this.#table.firstDue()) {
      spans += this.#table.spanCount(trace);
      this.#release(this.#table.first(trace));
      this.#table.remove(trace);
    }
    this.heldSpans -= spans;
    return spans;
  }

  /** Emits what was kept and is not emitted yet. */
  flush(): void {
    const { spanCount } = this.#assembly;
    if (spanCount === 0) return;
    const request = this.#assembly.write();
    for (const first of this.#assembled) this.#release(first);
    this.#assembled.length = 0;
    this.heldSpans -= spanCount;
    this.#events.emit(request, spanCount);
  }

  /** When a trace is due, in ticks from now; undefined where it does not wait. */
  dueIn(id: Uint8Array): number | undefined {
    const words = new Uint32Array(id.slice().buffer);
    const trace = this.#table.find(words, 0);
    return trace === none ? undefined : this.#table.dueTick(trace) - this.ticks;
  }

  addRun(run: Run): void {
    let trace = this.#table.find(run.id, 0);
    if (trace === none) {
      const known = this.#cache.find(run.id, 0);
      if (known !== undefined) return this.#addLate(run, known.isKept, known.policy, known.decidedAtS);
      if (!this.hasRoomFor(1)) this.#decideEarly(this.#table.firstDue());
      const dueTick = this.ticks + this.#config.decision_wait + 1;
      trace = this.#table.add(run.id, 0, Math.floor(this.#nowMs), dueTick);
      this.#events.newTrace();
    }
    if (run.scopeGroup !== this.#copiedScope) {
      this.#copy(trace, run);
      // It may have been decided to make room: then this comes late.
      if (this.#table.find(run.id, 0) !== trace) return this.addRun(run);
    }
    this.#store(trace, run);
    const { maximum_trace_size_bytes: maxSize, decision_wait_after_root_received: wait } = this.#config;
    if (maxSize > 0 && this.#table.byteLength(trace) > maxSize) {
      this.#untouch(trace);
      this.#measure(trace);
      return this.#settle(trace, 'size', undecided(this.#evaluator.sets[0]!));
    }
    if (wait >= 0 && run.hasRoot) this.#table.advance(trace, this.ticks + wait + 1);
  }

  endGroup(): void {
    const touched = this.#touched;
    for (let i = 0; i < touched.length; i += 2) this.#judge(touched[i]!, touched[i + 1]!);
    touched.length = 0;
    if (this.#assembly.spanCount >= fullSpans || this.#assembly.byteLength >= fullBytes) this.flush();
  }

  #isFull(size: number): boolean {
    const growth = this.#slabs.growthFor(size);
    return growth > 0 && this.storedBytes + this.#otherBytes() + growth > this.#maxBytes;
  }

  /**
   * Decides about the oldest until there is room, or nothing else is left. What was kept counts on until the next
   * consumer has taken it, which it may do later: so no more is decided early than would do if it has.
   */
  #makeRoom(trace: number, size: number): void {
    const enough = this.storedBytes - this.#slabs.growthFor(size);
    while (this.#isFull(size) && this.storedBytes > enough) {
      const oldest = this.#table.firstDue();
      if (oldest === none) break;
      // It is new, and the last one.
      if (oldest === trace && this.#table.spanCount(trace) === 0) break;
      this.#decideEarly(oldest);
      if (this.#assembly.byteLength >= this.#slabs.slabBytes) this.flush();
      if (oldest === trace) break;
    }
    this.flush();
  }

  #decideEarly(trace: number): void {
    if (this.#touched.length > 0) {
      const before = this.#table.size;
      this.endGroup();
      if (this.#table.size < before) return;
    }
    this.#decide(trace, 'eviction');
  }

  /** Copies a scope of the request as a whole, which costs less than each span of it. */
  #copy(trace: number, { request, scopeGroup, scopeStart, scopeEnd }: Run): void {
    this.#endCopy();
    const size = scopeEnd - scopeStart;
    if (this.#isFull(size)) this.#makeRoom(trace, size);
    this.#copiedScope = scopeGroup;
    this.#copiedSlab = this.#slabs.copy(request, scopeStart, scopeEnd);
    this.#moved = this.#slabs.copiedAt - scopeStart;
  }

  /** Of what was copied, that lasts which is referred to. */
  #endCopy(): void {
    if (this.#copiedSlab !== none) this.#slabs.release(this.#copiedSlab);
    this.#copiedSlab = none;
    this.#copiedScope = 0;
  }

  /** Adds a run to the trace. It counts with the heads that a group of the spans of this trace alone would have. */
  #store(trace: number, run: Run): void {
    const table = this.#table;
    const { resource, scope, start, end, spanCount } = run;
    const slab = this.#copiedSlab;
    const stretch = this.#stretches.add(slab, start + this.#moved, end + this.#moved, resource, scope);
    this.#slabs.refer(slab);
    this.#heads.refer(resource);
    this.#heads.refer(scope);
    const last = table.last(trace);
    if (last === 0) table.setFirst(trace, stretch);
    else this.#stretches.setNext(last, stretch);
    table.setLast(trace, stretch);
    let size = end - start;
    if (table.entersGroup(trace, run.group)) {
      size += groupFrameBytes + this.#heads.get(resource).bytes.length;
      if (this.#config.sampling_strategy === 'span-ingest') this.#touched.push(trace, stretch);
    }
    if (table.entersScope(trace, run.scopeGroup)) {
      size += groupFrameBytes + this.#heads.get(scope).bytes.length;
    }
    table.count(trace, spanCount, size);
    this.heldSpans += spanCount;
  }

  #addLate(run: Run, isKept: boolean, policy: number, decidedAtS: number): void {
    const sinceS = Math.max(0, this.#nowMs / 1000 - decidedAtS);
    this.#readId(run.id, 0);
    this.#events.late(isKept, run.spanCount, sinceS, this.#size.id);
    if (!isKept) return this.#events.filtered(run.spanCount);
    const mark = this.#config.record_policy ? this.#marks.late(policy) : none;
    this.#assembly.add(run.resource, run.scope, mark, run.request, run.start, run.end);
    this.#assembly.spanCount += run.spanCount;
    this.heldSpans += run.spanCount;
  }

  /** Of `span-ingest`: decides about the spans that a trace got within a group. */
  #judge(trace: number, stretch: number): void {
    const policies = this.#evaluator.sets[0]!;
    this.#show(stretch);
    this.#measure(trace);
    const decision = policies.decide(this.#size);
    if (decision.verdict !== 'not_sampled') this.#settle(trace, 'ingest', decision);
    // What else comes of the group is looked at by itself.
    else this.#table.entersGroup(trace, 0);
  }

  #untouch(trace: number): void {
    const touched = this.#touched;
    for (let i = 0; i < touched.length; i += 2) if (touched[i] === trace) return void touched.splice(i, 2);
  }

  #decide(trace: number, trigger: Trigger): void {
    const [policies, shadow] = this.#evaluator.sets as readonly [PolicySet, PolicySet?];
    this.#measure(trace);
    if (this.#config.sampling_strategy === 'span-ingest') {
      return this.#settle(trace, trigger, undecided(policies));
    }
    if (trigger === 'timer' && this.#table.isAdvanced(trace)) trigger = 'root';
    this.#show(this.#table.first(trace));
    const micros = this.#timing(policies);
    const decision = policies.decide(this.#size, micros);
    if (micros !== undefined) this.#events.timed(policies, micros);
    this.#settle(trace, trigger, decision, shadow?.decide(this.#size));
    if (this.#assembly.spanCount >= fullSpans || this.#assembly.byteLength >= fullBytes) this.flush();
  }

  /** Shows the evaluator the spans of a trace from one stretch on. */
  #show(first: number): void {
    const evaluator = this.#evaluator;
    const stretches = this.#stretches;
    evaluator.begin();
    let shown = none;
    for (let stretch = first; stretch !== 0; stretch = stretches.next(stretch)) {
      const resource = stretches.resource(stretch);
      if (resource !== shown) {
        shown = resource;
        const head = this.#heads.get(resource);
        evaluator.addResource(head.bytes, head.start, head.end);
      }
      const { bytes } = this.#slabs.get(stretches.slab(stretch));
      const end = stretches.end(stretch);
      for (let position = stretches.start(stretch); position < end;) {
        // A frame of Span, whose tag takes one byte.
        const length = readVarint(bytes, position + 1);
        const body = at;
        position = body + length;
        evaluator.addSpan(bytes, body, position);
      }
    }
  }

  /** Where the time of policies is written to, for one trace in some. */
  #timing(policies: PolicySet): Float64Array | undefined {
    if (++this.#untimed < timedOneIn) return undefined;
    this.#untimed = 0;
    if (this.#micros.length !== policies.policies.length)
      this.#micros = new Float64Array(policies.policies.length);
    return this.#micros.fill(0);
  }

  #measure(trace: number): void {
    this.#readId(this.#table.words, trace * this.#table.idStride);
    this.#size.spanCount = this.#table.spanCount(trace);
    this.#size.byteLength = this.#table.byteLength(trace);
  }

  #readId(words: Uint32Array, from: number): void {
    const bytes = new Uint8Array(words.buffer, words.byteOffset + from * 4, 16);
    this.#size.id.set(bytes);
  }

  /** Acts on a decision about the trace that was measured last: it leaves the store, and is remembered. */
  #settle(trace: number, trigger: Trigger, decision: Decision, shadow?: Decision): void {
    const table = this.#table;
    const nowMs = this.#clock.monotonic();
    const decided = this.#decided;
    decided.timeMs = this.#clock.now();
    decided.trigger = trigger;
    decided.spanCount = this.#size.spanCount;
    decided.byteLength = this.#size.byteLength;
    [decided.policies, decided.shadowPolicies] = this.#evaluator.sets as readonly [PolicySet, PolicySet?];
    decided.decision = decision;
    decided.shadow = shadow;
    this.#events.decided(decided, table.ageMs(trace, nowMs));
    const isKept = decision.verdict === 'sampled';
    const policy = this.#marks.policy(decided.policies, decision);
    this.#cache.add(table.words, trace * table.idStride, isKept, policy, Math.floor(nowMs / 1000));
    const first = table.first(trace);
    if (isKept) this.#keep(first, policy);
    else {
      this.heldSpans -= decided.spanCount;
      this.#release(first);
      this.#events.filtered(decided.spanCount);
    }
    table.remove(trace);
  }

  #keep(first: number, policy: number): void {
    const mark = this.#config.record_policy ? this.#marks.kept(policy) : none;
    const stretches = this.#stretches;
    this.#assembled.push(first);
    this.#assembly.spanCount += this.#size.spanCount;
    for (let stretch = first; stretch !== 0; stretch = stretches.next(stretch)) {
      const { bytes } = this.#slabs.get(stretches.slab(stretch));
      const start = stretches.start(stretch);
      const end = stretches.end(stretch);
      this.#assembly.add(stretches.resource(stretch), stretches.scope(stretch), mark, bytes, start, end);
    }
  }

  /** Lets the stretches of a trace go. */
  #release(first: number): void {
    const stretches = this.#stretches;
    for (let stretch = first; stretch !== 0;) {
      this.#heads.release(stretches.resource(stretch));
      this.#heads.release(stretches.scope(stretch));
      this.#slabs.release(stretches.slab(stretch));
      const next = stretches.next(stretch);
      stretches.remove(stretch);
      stretch = next;
    }
  }
}
