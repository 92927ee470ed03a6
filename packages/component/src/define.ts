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

/** The part of a definition that all kinds share. */
export interface Definition<Z extends z.ZodType, X = undefined> {
  /** The name in YAML, in the Collector's spelling: `tail_sampling`. */
  readonly type: string;
  /** Older names, by which configurations may call it as well; the log has a warning of it. Default none. */
  readonly aliases?: readonly string[];
  /** How far users may rely on it. Default `'development'`. */
  readonly stability?: 'development' | 'alpha' | 'beta' | 'stable';
  /** Refuses unknown keys at every level (`z.strictObject`); anything else throws here. */
  readonly config: Z & Strict<z.input<Z>>;
  /** Makes, once per object, what its parts have in common: a server, a connection, a gauge. */
  readonly shared?: (settings: Settings<z.output<Z>>) => X;
}

/** What the program itself feeds or reads: made when the factory is called, and mixed into the reference. */
interface WithHandle<H> {
  readonly handle?: () => H;
}

/**
 * Makes a loose schema an error. That `z.object` drops unknown keys does not show
 * in its type, so there the check of `define*` at run time has to do.
 */
type Strict<Input> = Input extends object
  ? string extends keyof Input
    ? [Input[keyof Input]] extends [never]
      ? unknown // z.strictObject({})
      : 'lets unknown keys pass: use z.strictObject'
    : unknown
  : 'a config is an object: use z.strictObject';

/** Makes a misspelt key an error although every key is inferred. */
type Known<K extends PropertyKey, More extends PropertyKey = never> = {
  readonly [Key in K]: Key extends Signal | keyof Definition<never> | More
    ? unknown
    : 'unknown key: signals are traces, metrics, logs and profiles';
};

/**
 * The factory of a receiver. The key of each signal that is supported makes the
 * part for that signal; config, batch and `next` are inferred, so that a
 * component is written without a type argument.
 *
 * `handle` is for receivers that the program itself feeds: what it returns is
 * mixed into the reference, and given to the parts.
 *
 * (`NoInfer` keeps an explicit type on the left, which `isolatedDeclarations`
 * asks for, from spoiling the inference of the parts.)
 *
 * @throws TypeError where the definition is none: wrong type name, lax schema, no signal, unknown key
 */
export function defineReceiver<
  Z extends z.ZodType,
  K extends PropertyKey,
  X extends Component | undefined = undefined,
  H extends object = {},
>(
  definition: Definition<Z, X> &
    WithHandle<H> & {
      readonly [S in Signal]?: (settings: ReceiverSettings<z.output<Z>, S, X, H>) => Component;
    } & Known<K, 'handle'>,
): ReceiverFactory<NoInfer<z.input<Z>>, NoInfer<Extract<K, Signal>>, NoInfer<H>> {
  return createFactory('receiver', definition) as never;
}

/** The factory of a processor; as {@link defineReceiver}, each part being a {@link Processing}. */
export function defineProcessor<
  Z extends z.ZodType,
  K extends PropertyKey,
  X extends Component | undefined = undefined,
>(
  definition: Definition<Z, X> & {
    readonly [S in Signal]?: (settings: ProcessorSettings<z.output<Z>, S, X>) => Processing<S>;
  } & Known<K>,
): ProcessorFactory<NoInfer<z.input<Z>>, NoInfer<Extract<K, Signal>>> {
  return createFactory('processor', definition) as never;
}

/** The factory of an exporter; as {@link defineReceiver}, `handle` being for sinks that the program reads. */
export function defineExporter<
  Z extends z.ZodType,
  K extends PropertyKey,
  X extends Component | undefined = undefined,
  H extends object = {},
>(
  definition: Definition<Z, X> &
    WithHandle<H> & {
      readonly [S in Signal]?: (settings: ExporterSettings<z.output<Z>, S, X, H>) => Component & Consumer<S>;
    } & Known<K, 'handle'>,
): ExporterFactory<NoInfer<z.input<Z>>, NoInfer<Extract<K, Signal>>, NoInfer<H>> {
  return createFactory('exporter', definition) as never;
}

/**
 * The factory of a connector. From, then to: `traces: { metrics: make }` turns
 * spans into metrics. The compiler knows both sets of signals; which pairs exist
 * is checked when the graph is built.
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
    Known<keyof P> & { readonly [From in Extract<keyof P, Signal>]: KnownTargets<P[From]> },
): ConnectorFactory<NoInfer<z.input<Z>>, NoInfer<Extract<keyof P, Signal>>, NoInfer<Targets<P>>> {
  return createFactory('connector', definition) as never;
}

type Targets<P> = { [From in Extract<keyof P, Signal>]: Extract<keyof P[From], Signal> }[Extract<
  keyof P,
  Signal
>];
type KnownTargets<T> = {
  readonly [To in Exclude<keyof T, Signal>]: 'not a signal: traces, metrics, logs or profiles';
};

/** The factory of an extension. What `create` makes is what other components get from `host.extension`. */
export function defineExtension<Z extends z.ZodType, E extends object>(
  definition: Definition<Z> & {
    readonly create: (settings: Settings<z.output<Z>>) => Component & E;
  },
): ExtensionFactory<NoInfer<z.input<Z>>, NoInfer<E>> {
  return createFactory('extension', definition) as never;
}
