import type { Meter } from '@opentelemetry/api';
import type { Batch, Signal } from '@tributary/pdata';
import type { Consumer } from './consumer.js';
import type { Context } from './context.js';
import type { Component } from './lifecycle.js';
import type { Runtime } from './runtime.js';

/** Everything that a component gets from outside. `C` is the completed config. */
export interface Settings<C> extends Runtime {
  readonly id: string;
  /** Of this component, with its attributes set. */
  readonly meter: Meter;
  readonly config: C;
  readonly ledger: Ledger;
}

/**
 * How a component tells what the edges cannot see. What it offers to `next` and
 * what is offered to it are counted by the engine; so is what a connector puts
 * out (created) and takes in for good (absorbed).
 */
export interface Ledger {
  /** Came into being here: a scraped point, a line read, a span added. */
  created(items: number): void;
  /** Became something else: a span turned into a metric. */
  absorbed(items: number): void;
  /**
   * Gone for good: counted, and logged as an error with `dropped_items` and `reason`, at a limited rate
   * (what comes within ten seconds of a line is summed up in the next). `why` makes the line say more.
   */
  dropped(items: number, reason: string, why?: DropCause): void;
  /**
   * Gone because the configuration says so, as sampling and filters have it: counted as dropped with the reason
   * `filtered`, and not logged.
   */
  filtered(items: number): void;
  /** Asked at any time: items accepted and not passed on yet, and the bytes that they keep alive. */
  held(items: () => number, bytes?: () => number): void;
}

/** What the log says of a drop beside its reason. */
export interface DropCause {
  /** A sentence, the same for all drops of its kind. Default `Dropping data.` */
  readonly message?: string | undefined;
  /** What went wrong this time. */
  readonly error?: string | undefined;
}

/**
 * Instances. A receiver, exporter, connector or extension object is one
 * component, however many pipelines name it. A processor object is one
 * component per pipeline, because each has a `next` of its own. What all parts
 * of one object share (a server, a connection, a memory gauge) is made once by
 * `shared` and started before, and shut down after, the parts. A reload may give
 * parts to an object that runs, and take some away, while what they share runs on.
 */
export interface ReceiverSettings<C, S extends Signal, X = undefined, H = {}> extends Settings<C> {
  readonly next: Consumer<S>;
  readonly shared: X;
  readonly handle: H;
}
export interface ProcessorSettings<C, S extends Signal, X = undefined> extends Settings<C> {
  readonly next: Consumer<S>;
  readonly shared: X;
}
export interface ExporterSettings<C, S extends Signal, X = undefined, H = {}> extends Settings<C> {
  readonly signal: S;
  readonly shared: X;
  readonly handle: H;
}
export interface ConnectorSettings<C, To extends Signal, X = undefined> extends Settings<C> {
  readonly next: Router<To>;
  readonly shared: X;
}
/** Consumes into all pipelines behind a connector, or into the named ones. */
export interface Router<S extends Signal> extends Consumer<S> {
  readonly pipelines: readonly string[];
  to(...pipelines: readonly string[]): Consumer<S>;
}

/**
 * A processor in its short form. The engine calls `next`, carries the outcome
 * and counts what the batch has fewer afterwards as dropped by this component, what it
 * has more as created. Who removes some items and adds others tells the ledger of the
 * rest: the two are not seen apart.
 */
export interface Transform<S extends Signal> extends Component {
  /** Edits the batch, or returns another in its place. */
  process(batch: Batch<S>, context: Context): void | Batch<S> | Promise<void | Batch<S>>;
}
export type Processing<S extends Signal> = Transform<S> | (Component & Consumer<S>);
