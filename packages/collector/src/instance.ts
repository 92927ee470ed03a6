import type {
  Component,
  ComponentKind,
  Declaration,
  Host,
  Ledger,
  Logger,
  Runtime,
  Settings,
  Signal,
  StatusSubject,
} from '@tributary/component';
import type { Answers } from './answers.js';
import type { Account } from './books.js';
import type { Target } from './edge.js';
import { dropped, type Events } from './events.js';
import { guardedClock, Health } from './health.js';
import { createLedger, DropLog, filtered, type HeldBytes } from './ledger.js';
import { withFields } from './logger.js';
import type { Memory } from './memory.js';
import type { Telemetry } from './telemetry/telemetry.js';
import { StatusTracker } from './status.js';
import { guarded, type Watchers } from './watchers.js';
import type { Ways } from './ways.js';

/** What all components of a collector are made with. */
export interface Surroundings {
  readonly runtime: Runtime;
  readonly events: Events;
  readonly heldBytes: HeldBytes;
  readonly memory: Memory;
  readonly answers: Answers;
  readonly telemetry: Telemetry;
  /** What is bound, in the order in which it was told: of two of one name, the later is the one in use. */
  readonly listeners: Set<Listeners>;
  /** What stands behind a reference to an extension; several references may stand for one. */
  readonly extensions: WeakMap<object, Component>;
  /** Everything that may have a sum to write at the end. */
  readonly dropLogs: Set<DropLog>;
  readonly watchers: Watchers;
  /** A component says that the collector must not go on. */
  readonly onFatal: (error: Error, status: StatusTracker) => void;
}

/** What one instance has bound. */
export interface Listeners {
  /** The id of its component. */
  readonly id: string;
  /** By listener. */
  readonly addresses: Map<string, string>;
}

/** What the engine makes a component with, before there is one. */
export interface Outfit {
  readonly subject: StatusSubject;
  readonly logger: Logger;
  readonly status: StatusTracker;
  readonly health: Health;
  readonly settings: Settings<unknown>;
  readonly host: Host;
  /** Logs and tells what the engine drops on behalf of this component. */
  readonly onDrop: (items: number, reason: string) => void;
  readonly listeners: Listeners;
  /** It stands in other pipelines from now on, or is counted differently there. */
  readonly rename: (name: string, pipelines: readonly string[]) => void;
  /** The collector goes on without it: nobody asks it for anything any more. */
  readonly forget: () => void;
  readonly isForgotten: () => boolean;
}

/** Something with a lifecycle: a part of a component, what its parts share, or an extension. */
export interface Instance extends Outfit {
  readonly component: Component;
  /** Its gate, if anything leads into it. */
  readonly target: Target | undefined;
  /** What its part has in the books. */
  readonly accounts: readonly Account[];
  /** Its ways out, if it is given any. */
  readonly ways: Ways | undefined;
}

/** What an instance is made for. */
export interface About {
  readonly signal?: Signal;
  /** What comes out of a connector. */
  readonly to?: Signal | undefined;
  readonly pipelines: readonly string[];
  readonly name?: string;
  readonly account?: Account;
}

/** Gets everything ready that a component is given. */
export function outfit(declaration: Declaration, about: About, surroundings: Surroundings): Outfit {
  const {
    runtime,
    telemetry,
    events,
    heldBytes,
    memory,
    answers,
    listeners,
    extensions,
    dropLogs,
    watchers,
    onFatal,
  } = surroundings;
  const { id, definition, config } = declaration;
  const { kind } = definition;
  const { signal, to, pipelines, name = id, account } = about;
  const subject = { component: name, kind, signal, pipelines };
  const logger = withFields(runtime.logger, logFields(kind, id, signal, to, pipelines));
  const drops = new DropLog(logger, runtime.clock);
  dropLogs.add(drops);
  const undo: (() => void)[] = [];
  let isForgotten = false;
  const status = new StatusTracker(subject, runtime.clock, (event) => {
    events.emit('status', event);
    if (watchers.trackers.has(status)) watchers.tell(event);
  });
  const health = new Health(logger, status);
  const onDrop = (items: number, reason: string): void => {
    const holder = account?.holder ?? { ...subject, pipeline: subject.pipelines.join(', ') };
    events.emit('dropped', dropped(holder, items, reason));
  };
  const held = { add: (bytes: () => number) => void undo.push(heldBytes.add(bytes)) };
  const ledger: Ledger = createLedger(
    account,
    held,
    (items, reason, why) => {
      drops.add(items, reason, why);
      onDrop(items, reason);
    },
    (items) => onDrop(items, filtered),
  );
  const bound: Listeners = { id, addresses: new Map() };
  const { meter, end } = telemetry.meters.open(`tributary/${kind}/${definition.type}`, { [kind]: id });
  const leave = telemetry.living.add({ id, subject });
  const host: Host = {
    extension<E>(reference: object): E {
      const extension = extensions.get(reference);
      if (extension !== undefined) return extension as E;
      throw new Error(`${kind} "${id}" asks for an extension that its config does not refer to`);
    },
    report(report) {
      const error = report.status === 'ok' ? undefined : report.error;
      const isHeard = status.set(report.status, error);
      if (!isHeard || report.status !== 'fatal_error') return;
      logger.error('Asynchronous error received, terminating process', { error });
      onFatal(report.error, status);
    },
    listening(listener, address) {
      bound.addresses.set(listener, address);
      listeners.add(bound);
    },
    heldBytes: () => heldBytes.total(),
    memoryLimit: () => memory.limit(),
    answers(topic, answer) {
      undo.push(answers.add(topic, { subject, logger, answer }));
    },
    onStatus: (listener) => watchers.onStatus(guarded(listener, logger)),
    onReady: (listener) => watchers.onReady(guarded(listener, logger)),
  };
  const settings: Settings<unknown> = {
    ...runtime,
    clock: guardedClock(runtime.clock, health),
    logger,
    id,
    meter,
    config,
    ledger,
  };
  return {
    subject,
    logger,
    status,
    health,
    settings,
    host,
    onDrop,
    listeners: bound,
    rename(component, now) {
      if (component === subject.component && now.join() === subject.pipelines.join()) return;
      // Whoever watches keeps what it knows by these names: under the old ones there is nothing any more.
      const isShown = watchers.hide(status);
      Object.assign(subject, { component, pipelines: now });
      status.renamed();
      if (isShown) watchers.show(status);
    },
    isForgotten: () => isForgotten,
    forget() {
      isForgotten = true;
      watchers.hide(status);
      listeners.delete(bound);
      end();
      leave();
      drops.flush();
      dropLogs.delete(drops);
      for (const step of undo) step();
    },
  };
}

/** The Collector's names. */
function logFields(
  kind: ComponentKind,
  id: string,
  signal: Signal | undefined,
  to: Signal | undefined,
  pipelines: readonly string[],
): Readonly<Record<string, unknown>> {
  return {
    'otelcol.component.kind': kind,
    'otelcol.component.id': id,
    ...(signal !== undefined && { 'otelcol.signal': signal }),
    ...(to !== undefined && { 'otelcol.signal.output': to }),
    // Only a processor belongs to one pipeline.
    ...(kind === 'processor' && pipelines.length === 1 && { 'otelcol.pipeline.id': pipelines[0] }),
  };
}
