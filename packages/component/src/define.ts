import type { Signal } from '@tributary/pdata';
import type { z } from 'zod';
import type { Consumer } from './consumer.js';
import { createFactory } from './factory.js';
import type { Component } from './lifecycle.js';
import type {
  ConnectorFactory,
  ExporterFactory,
  ExtensionFactory,
  ProcessorFactory,
  ReceiverFactory,
} from './references.js';
import type {
  ConnectorSettings,
  ExporterSettings,
  Processing,
  ProcessorSettings,
  ReceiverSettings,
  Settings,
} from './settings.js';

type Keys<P> = Extract<keyof P, Signal>;

/** Makes a misspelt key an error although `P` takes any object. */
type Strict<P> = {
  readonly [
    K in Exclude<keyof P, Signal | keyof Definition<never> | 'handle'>
  ]: 'not a signal: traces, metrics, logs or profiles';
};
/** The part of a definition that all kinds share. */
export interface Definition<Z extends z.ZodType, X = undefined> {
  /** The name in YAML, in the Collector's spelling: `tail_sampling`. */
  readonly type: string;
  /** Older names; they work and log one warning. */
  readonly aliases?: readonly string[];
  readonly stability?: 'development' | 'alpha' | 'beta' | 'stable';
  /** Refuses unknown keys at every level (`z.strictObject`); anything else throws here. */
  readonly config: Z;
  readonly shared?: (settings: Settings<z.output<Z>>) => X;
}

/**
 * The key of each signal that is supported makes the part for that signal;
 * config, batch and `next` are inferred, so a component is written without a
 * type argument.
 *
 * `shared` makes, once per object, what its parts have in common.
 * `handle` is for receivers that the program itself feeds, and for sinks that it
 * reads: made when the factory is called, mixed into the reference, given to
 * the parts.
 *
 * (`NoInfer` keeps an explicit type on the left, which `isolatedDeclarations`
 * asks for, from spoiling the inference of the parts.)
 */
export function defineReceiver<
  Z extends z.ZodType,
  P extends object,
  X extends Component | undefined = undefined,
  H extends object = {},
>(
  definition: Definition<Z, X> & { readonly handle?: () => H } & {
    readonly [S in Signal]?: (settings: ReceiverSettings<z.output<Z>, S, X, H>) => Component;
  } & P &
    Strict<P>,
): ReceiverFactory<NoInfer<z.input<Z>>, NoInfer<Keys<P>>, NoInfer<H>> {
  return createFactory('receiver', definition) as never;
}

export function defineProcessor<
  Z extends z.ZodType,
  P extends object,
  X extends Component | undefined = undefined,
>(
  definition: Definition<Z, X> & {
    readonly [S in Signal]?: (settings: ProcessorSettings<z.output<Z>, S, X>) => Processing<S>;
  } & P &
    Strict<P>,
): ProcessorFactory<NoInfer<z.input<Z>>, NoInfer<Keys<P>>> {
  return createFactory('processor', definition) as never;
}

export function defineExporter<
  Z extends z.ZodType,
  P extends object,
  X extends Component | undefined = undefined,
  H extends object = {},
>(
  definition: Definition<Z, X> & { readonly handle?: () => H } & {
    readonly [S in Signal]?: (settings: ExporterSettings<z.output<Z>, S, X, H>) => Component & Consumer<S>;
  } & P &
    Strict<P>,
): ExporterFactory<NoInfer<z.input<Z>>, NoInfer<Keys<P>>, NoInfer<H>> {
  return createFactory('exporter', definition) as never;
}

/**
 * From, then to: `traces: { metrics: make }` turns spans into metrics. The
 * compiler knows both sets of signals; which pairs exist is checked when the
 * graph is built.
 */
export function defineConnector<
  Z extends z.ZodType,
  P extends object,
  X extends Component | undefined = undefined,
>(
  definition: Definition<Z, X> & {
    readonly [From in Signal]?: {
      readonly [To in Signal]?: (
        settings: ConnectorSettings<z.output<Z>, To, X>,
      ) => Component & Consumer<From>;
    };
  } & P &
    Strict<P>,
): ConnectorFactory<NoInfer<z.input<Z>>, NoInfer<Keys<P>>, NoInfer<{ [F in Keys<P>]: Keys<P[F]> }[Keys<P>]>> {
  return createFactory('connector', definition) as never;
}

export function defineExtension<Z extends z.ZodType, E extends object>(
  definition: Definition<Z> & {
    readonly create: (settings: Settings<z.output<Z>>) => Component & E;
  },
): ExtensionFactory<NoInfer<z.input<Z>>, NoInfer<E>> {
  return createFactory('extension', definition) as never;
}
