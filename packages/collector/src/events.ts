import type { ComponentKind, Logger, Signal, StatusEvent } from '@tributary/component';
import { EventEmitter } from 'eventemitter3';

/** Items that are gone for good. */
export interface DroppedEvent {
  /** Id of the component that dropped them; of a fan-out, the component that rejected them. */
  readonly component: string;
  readonly kind: ComponentKind | 'fan-out';
  /** Undefined for what the parts of a component share, and for extensions. */
  readonly signal: Signal | undefined;
  /** The pipelines that the component stands in, comma-separated. */
  readonly pipeline: string;
  readonly items: number;
  readonly reason: string;
}

/** How a reload ended. */
export type ReloadEvent =
  | {
      readonly outcome: 'succeeded';
      /** Components that run on, that were started, and that were shut down: parts and what they share, each. */
      readonly kept: number;
      readonly started: number;
      readonly ended: number;
    }
  | { readonly outcome: 'failed'; readonly error: Error };

/** What `collector.events` tells. Listeners run at once, within the component that caused the event. */
export interface CollectorEvents {
  status: (event: StatusEvent) => void;
  dropped: (event: DroppedEvent) => void;
  reload: (event: ReloadEvent) => void;
}

/** The listening half of an event emitter. */
export interface EventSource {
  on<E extends keyof CollectorEvents>(event: E, listener: CollectorEvents[E]): unknown;
  once<E extends keyof CollectorEvents>(event: E, listener: CollectorEvents[E]): unknown;
  off<E extends keyof CollectorEvents>(event: E, listener: CollectorEvents[E]): unknown;
}

/** Both halves: what the engine holds. */
export interface Events extends EventSource {
  emit<E extends keyof CollectorEvents>(event: E, ...args: Parameters<CollectorEvents[E]>): void;
}

/** A listener that throws is logged: it must not fail the component that the event is about. */
export function createEvents(logger: Logger): Events {
  const emitter = new EventEmitter<CollectorEvents>();
  return {
    on: (event, listener) => emitter.on(event, listener as never),
    once: (event, listener) => emitter.once(event, listener as never),
    off: (event, listener) => emitter.off(event, listener as never),
    emit(event, ...args) {
      if (emitter.listenerCount(event) === 0) return;
      try {
        emitter.emit(event, ...(args as never));
      } catch (error) {
        logger.error('a listener of collector.events threw', { event, error });
      }
    },
  };
}

/** The event of a drop, for whoever the books name. */
export function dropped(
  { component, kind, signal, pipeline }: Omit<DroppedEvent, 'items' | 'reason'>,
  items: number,
  reason: string,
): DroppedEvent {
  return { component, kind, signal, pipeline, items, reason };
}
