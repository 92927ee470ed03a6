import type { ErrorCode } from './error-codes.js';
import type { Place } from './tree.js';

/** What is wrong with a configuration, or may lose data, at one place. */
export interface Diagnostic {
  readonly code: ErrorCode;
  readonly severity: 'error' | 'warning';
  /** Keys from the root: `['exporters', 'otlp', 'endpoint']`. Empty for a whole source. */
  readonly path: readonly (string | number)[];
  /** One sentence: what is wrong. */
  readonly message: string;
  /** What would be right, where that can be said: the nearest key, the valid values. */
  readonly hint?: string | undefined;
  /** `undefined` where nothing was written that is wrong: a missing section. */
  readonly place: Place | undefined;
  /** Other places that belong to it: the substitution, the earlier definition. */
  readonly related?: readonly { readonly message: string; readonly place: Place }[] | undefined;
}
