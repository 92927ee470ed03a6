import type { ExtensionRef } from './references.js';
import type { StatusEvent } from './status.js';

/** Lifecycle, the same for all kinds. Both may be absent. */
export interface Component {
  /** Called once: a second call may be refused, and leaves nothing behind that `shutdown` does not end. */
  start?(host: Host): void | Promise<void>;
  /** Safe before `start`, while that is under way, and twice. Flushes; `grace` aborts when time is up. */
  shutdown?(grace: AbortSignal): void | Promise<void>;
}

/** What the running service offers to a component. */
export interface Host {
  /** The started extension behind a config value such as `storage` or `authenticator`. */
  extension<E>(ref: ExtensionRef<E>): E;
  /**
   * Tells how the component does: seen by `onStatus` and in `collector.events`. `fatal_error` says that the
   * collector must not go on: it shuts itself down. After `permanent_error` nothing else is heard.
   */
  report(status: ComponentStatus): void;
  /** Tells where a listener is bound: `('grpc', '127.0.0.1:4317')`. Asked for by `collector.addresses()`. */
  listening(listener: string, address: string): void;
  /** What all components of this collector report as held, in bytes. */
  heldBytes(): number;
  /**
   * Tells the listener at once how every component of this collector does, and then of every change, until
   * the returned function is called. What a reload makes is told when it is certain, and what it takes away as
   * `stopped` at that moment. It runs within the component that the event is about; what it throws
   * is logged.
   */
  onStatus(listener: (event: StatusEvent) => void): () => void;
  /**
   * Tells the listener at once whether the collector is ready, and then when that changes: true when all
   * pipelines have started, false as soon as the shutdown begins. As `onStatus` in all else.
   */
  onReady(listener: (isReady: boolean) => void): () => void;
}
/** What a component reports. */
export type ComponentStatus =
  | { readonly status: 'ok' }
  | { readonly status: 'recoverable_error' | 'permanent_error' | 'fatal_error'; readonly error: Error };
