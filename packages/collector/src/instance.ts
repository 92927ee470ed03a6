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
import type { Account } from './books.js';
import type { Target } from './edge.js';
import { dropped, type Events } from './events.js';
import { guardedClock, Health } from './health.js';
import { createLedger, DropLog, type HeldBytes } from './ledger.js';
import { withFields } from './logger.js';
import type { Telemetry } from './telemetry/telemetry.js';
import { StatusTracker } from './status.js';
import { guarded, type Watchers } from './watchers.js';

/** What all components of a collector are made with. */
export interface Surroundings {
  readonly runtime: Runtime;
  readonly events: Events;
  readonly heldBytes: HeldBytes;
  readonly telemetry: Telemetry;
  /** By component id, then listener. */
  readonly addresses: Map<string, Map<string, string>>;
  /** What stands behind a reference to an extension. */
  readonly extensions: Map<object, Component>;
  /** Everything that may have a sum to write at the end. */
  readonly dropLogs: DropLog[];
  readonly watchers: Watchers;
  /** Ends the collector. */
  readonly onFatal: (error: Error) => void;
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
}

/** Something with a lifecycle: a part of a component, what its parts share, or an extension. */
export interface Instance extends Outfit {
  readonly component: Component;
  /** Its gate, if anything leads into it. */
  readonly target: Target | undefined;
}

/** Gets everything ready that a component is given. */
export function outfit(
  declaration: Declaration,
  about: {
    readonly signal?: Signal;
    /** What comes out of a connector. */
    readonly to?: Signal | undefined;
    readonly pipelines: readonly string[];
    readonly name?: string;
    readonly account?: Account;
  },
  surroundings: Surroundings,
): Outfit {
  const { runtime, telemetry, events, heldBytes, addresses, extensions, dropLogs, watchers, onFatal } =
    surroundings;
  const { id, definition, config } = declaration;
  const { kind } = definition;
  const { signal, to, pipelines, name = id, account } = about;
  const subject: StatusSubject = { component: name, kind, signal, pipelines };
  const logger = withFields(runtime.logger, logFields(kind, id, signal, to, pipelines));
  const drops = new DropLog(logger, runtime.clock);
  dropLogs.push(drops);
  const status = new StatusTracker(subject, runtime.clock, (event) => {
    events.emit('status', event);
    watchers.tell(event);
  });
  watchers.trackers.push(status);
  const health = new Health(logger, status);
  const holder = account?.holder ?? { component: name, kind, signal, pipeline: pipelines.join(', ') };
  const onDrop = (items: number, reason: string): void =>
    events.emit('dropped', dropped(holder, items, reason));
  const ledger: Ledger = createLedger(account, heldBytes, (items, reason, why) => {
    drops.add(items, reason, why);
    onDrop(items, reason);
  });
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
      onFatal(report.error);
    },
    listening(listener, address) {
      let listeners = addresses.get(id);
      if (listeners === undefined) addresses.set(id, (listeners = new Map()));
      listeners.set(listener, address);
    },
    heldBytes: () => heldBytes.total(),
    onStatus: (listener) => watchers.onStatus(guarded(listener, logger)),
    onReady: (listener) => watchers.onReady(guarded(listener, logger)),
  };
  const settings: Settings<unknown> = {
    ...runtime,
    clock: guardedClock(runtime.clock, health),
    logger,
    id,
    meter: telemetry.meters.meter(`tributary/${kind}/${definition.type}`, { [kind]: id }),
    config,
    ledger,
  };
  return { subject, logger, status, health, settings, host, onDrop };
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
