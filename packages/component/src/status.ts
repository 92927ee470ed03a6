import type { Signal } from '@tributary/pdata';
import type { ComponentKind } from './declaration.js';

/** How a component does. `none`: it was made, and has not been told to start yet. */
export type Status =
  | 'none'
  | 'starting'
  | 'ok'
  | 'recoverable_error'
  | 'permanent_error'
  | 'fatal_error'
  | 'stopping'
  | 'stopped';

/** Whom a status is about: a part of a component, what its parts share, or an extension. */
export interface StatusSubject {
  readonly component: string;
  readonly kind: ComponentKind;
  /** Undefined for what the parts share, and for extensions. */
  readonly signal: Signal | undefined;
  /** The pipelines that it stands in, at whichever end. Empty for extensions. */
  readonly pipelines: readonly string[];
}

/** A component changed its status, or repeated `ok` or `recoverable_error`. */
export interface StatusEvent extends StatusSubject {
  readonly status: Status;
  readonly error: Error | undefined;
  /** Milliseconds since the epoch, by the collector's clock. */
  readonly at: number;
}
