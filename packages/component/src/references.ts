import type { Signal } from '@tributary/pdata';
import type { ComponentKind, Origin } from './declaration.js';

// References: what a factory returns and a pipeline takes. Plain, frozen, inert.

/** The signals that a component can take or give, readable in compiler errors. */
export type Supports<S extends Signal> = { readonly [K in S]: true };
/** Anything that may stand under `receivers`. */
export interface Source<S extends Signal> {
  readonly emits: Supports<S>;
}
/** Anything that may stand under `exporters`. */
export interface Sink<S extends Signal> {
  readonly accepts: Supports<S>;
}
export interface ProcessorRef<S extends Signal> {
  readonly kind: 'processor';
  readonly processes: Supports<S>;
}
export interface ReceiverRef<S extends Signal> extends Source<S> {
  readonly kind: 'receiver';
}
export interface ExporterRef<S extends Signal> extends Sink<S> {
  readonly kind: 'exporter';
}
export interface ConnectorRef<From extends Signal, To extends Signal> extends Sink<From>, Source<To> {
  readonly kind: 'connector';
}
/** `E` is what other components get from `host.extension(ref)`. */
export interface ExtensionRef<E = unknown> {
  readonly kind: 'extension';
  readonly provides?: () => E;
}

/** Names an instance where a config holds two of one type: id `type/name`. */
export interface Named {
  readonly name?: string;
  /** An older name of the type, where the id is to begin with it. Default: the type itself. */
  readonly alias?: string;
  /** Where the instance is written, where it is not the line that calls: a loader's file. */
  readonly origin?: Origin;
}

/** `{}` may be left out when every key has a default. */
export type Args<I> = {} extends I ? [config?: I, options?: Named] : [config: I, options?: Named];
/** What a YAML loader, `components` and `validate` read without making anything. */
export interface Registered {
  readonly kind: ComponentKind;
  readonly type: string;
  readonly signals: readonly Signal[];
}
export interface ReceiverFactory<I, S extends Signal, H = unknown> extends Registered {
  (...args: Args<I>): ReceiverRef<S> & H;
}
export interface ProcessorFactory<I, S extends Signal> extends Registered {
  (...args: Args<I>): ProcessorRef<S>;
}
export interface ExporterFactory<I, S extends Signal, H = unknown> extends Registered {
  (...args: Args<I>): ExporterRef<S> & H;
}
export interface ConnectorFactory<I, From extends Signal, To extends Signal> extends Registered {
  (...args: Args<I>): ConnectorRef<From, To>;
}
export interface ExtensionFactory<I, E> extends Registered {
  (...args: Args<I>): ExtensionRef<E>;
}
/** Any factory: what a YAML loader is given. */
export type AnyFactory = Registered & ((...args: never[]) => object);
