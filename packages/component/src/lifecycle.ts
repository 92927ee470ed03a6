import type { ExtensionRef } from './references.js';
import type { StatusEvent } from './status.js';

/** Lifecycle, the same for all kinds. Both may be absent. */
export interface Component {
  /** Called once: a second call may be refused, and leaves nothing behind that `shutdown` does not end. */
  start?(host: Host): void | Promise<void>;
  /** Safe before `start`, while that is under way, and twice. Flushes; `grace` aborts when time is up. */
  shutdown?(grace: AbortSignal): void | Promise<void>;
  /**
   * Asked at a reload of a processor that runs and shares nothing, where type, id and pipeline stay and the
   * completed config does not. Returns what makes it go on with the new one, or undefined, and then it is replaced
   * by another, as all other components are. To be asked changes nothing: what is returned is called when the
   * reload is certain, which may be never. It must not throw.
   */
  adopt?(config: unknown): (() => void) | undefined;
  /**
   * Of who keeps the memory of the process within a limit: that limit, in bytes. Asked at any time, also before
   * `start`; `host.memoryLimit` tells it to the others.
   */
  memoryLimit?(): number | Promise<number>;
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
   * Memory that this process may use, in bytes: the least `memoryLimit` of a component of this collector, whether
   * it has started or not; without one what the cgroup allows, or what the machine has. May be asked within `start`.
   */
  memoryLimit(): Promise<number>;
  /**
   * Answers questions of operators: `collector.ask(topic, query)`, and `GET /<topic>?…` where the collector serves
   * its books. `undefined` is "nothing to say"; what it throws is logged, and told as an error in its place. Over
   * HTTP the answer is JSON. Asked until a reload has ended the component, or all of the collector has stopped.
   *
   * @throws TypeError where the topic is no name such as `why`, or already answered by this component
   */
  answers(topic: string, answer: (query: URLSearchParams) => unknown): void;
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
