import type { ExtensionRef } from './references.js';

/** Lifecycle, the same for all kinds. Both may be absent. */
export interface Component {
  start?(host: Host): void | Promise<void>;
  /** Safe before `start` and twice. Flushes; `grace` aborts when time is up. */
  shutdown?(grace: AbortSignal): void | Promise<void>;
}

/** What the running service offers to a component. */
export interface Host {
  /** The started extension behind a config value such as `storage` or `authenticator`. */
  extension<E>(ref: ExtensionRef<E>): E;
  /** Tells how the component does: seen by health checks and in `collector.events`. */
  report(status: ComponentStatus): void;
  /** Tells where a listener is bound: `('grpc', '127.0.0.1:4317')`. Asked for by `collector.addresses()`. */
  listening(listener: string, address: string): void;
  /** What all components of this collector report as held, in bytes. */
  heldBytes(): number;
}
export type ComponentStatus =
  | { readonly status: 'ok' }
  | { readonly status: 'recoverable_error' | 'permanent_error' | 'fatal_error'; readonly error: Error };
