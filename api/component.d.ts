// @tributary/component: what the package exports, written by scripts/api.mjs.
import { Meter, MeterProvider } from '@opentelemetry/api';
import { AttributeValue, Batch, Signal } from '@tributary/pdata';
import { z } from 'zod';

export { AttributeInput } from '@tributary/pdata';
export { AttributeValue } from '@tributary/pdata';
export { Batch } from '@tributary/pdata';
export { Signal } from '@tributary/pdata';
export { Telemetry } from '@tributary/pdata';
export type AnyFactory = Registered & ((...args: never[]) => object);
export type Args<I> = {} extends I ? [config?: I, options?: Named] : [config: I, options?: Named];
export type CheckedConfig<T> =
  | {
      readonly config: T;
      readonly problems?: undefined;
    }
  | {
      readonly problems: readonly ConfigProblem[];
    };
export interface ClientInfo {
  readonly address?: string;
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  readonly auth?: Readonly<Record<string, AttributeValue>>;
}
export interface Clock {
  now(): number;
  monotonic(): number;
  after(ms: number, run: () => void): Timer;
  every(ms: number, run: () => void | Promise<void>): Timer;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
export interface Component {
  start?(host: Host): void | Promise<void>;
  shutdown?(grace: AbortSignal): void | Promise<void>;
  adopt?(config: unknown): (() => void) | undefined;
  memoryLimit?(): number | Promise<number>;
}
export interface ComponentDefinition {
  readonly kind: ComponentKind;
  readonly type: string;
  readonly aliases: readonly string[];
  readonly stability: 'development' | 'alpha' | 'beta' | 'stable';
  readonly config: z.ZodType;
  readonly shared: MakeShared | undefined;
  readonly parts: Readonly<Partial<Record<Signal, MakePart>>>;
  readonly pairs: Readonly<Partial<Record<Signal, Readonly<Partial<Record<Signal, MakePart>>>>>>;
  readonly create: MakePart | undefined;
}
export type ComponentKind = 'receiver' | 'processor' | 'exporter' | 'connector' | 'extension';
export type ComponentStatus =
  | {
      readonly status: 'ok';
    }
  | {
      readonly status: 'recoverable_error' | 'permanent_error' | 'fatal_error';
      readonly error: Error;
    };
export declare class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[], options?: ErrorOptions);
  static is(error: unknown): error is ConfigError;
}
export interface ConfigProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly cause?: ConfigProblemCause | undefined;
}
export type ConfigProblemCause =
  | {
      readonly kind: 'unknown-key';
      readonly known: readonly string[];
    }
  | {
      readonly kind: 'missing';
    }
  | {
      readonly kind: 'type';
      readonly expected: string;
    }
  | {
      readonly kind: 'value';
      readonly values: readonly unknown[];
    };
export interface ConnectorFactory<I, From extends Signal, To extends Signal> extends Registered {
  (...args: Args<I>): ConnectorRef<From, To>;
}
export interface ConnectorRef<From extends Signal, To extends Signal> extends Sink<From>, Source<To> {
  readonly kind: 'connector';
}
export interface ConnectorSettings<C, To extends Signal, X = undefined> extends Settings<C> {
  readonly next: Router<To>;
  readonly shared: X;
}
export declare class ConsumeError<S extends Signal = Signal> extends Error {
  readonly kind: ConsumeErrorKind;
  readonly retryAfterMs: number | undefined;
  readonly rejected: Batch<S> | undefined;
  readonly status: DownstreamStatus | undefined;
  readonly tooLarge: TooLarge | undefined;
  constructor(kind: ConsumeErrorKind, message: string, options?: ConsumeErrorOptions<S>);
  static is(error: unknown): error is ConsumeError;
}
export type ConsumeErrorKind = 'refused' | 'retryable' | 'permanent';
export interface ConsumeErrorOptions<S extends Signal = Signal> {
  readonly cause?: unknown;
  readonly retryAfterMs?: number | undefined;
  readonly rejected?: Batch<S> | undefined;
  readonly status?: DownstreamStatus | undefined;
  readonly tooLarge?: TooLarge | undefined;
}
export interface Consumer<S extends Signal> {
  consume(batch: Batch<S>, context: Context): void | Promise<void>;
  admit?(bytes: number | undefined):
    | {
        readonly retryAfterMs: number;
      }
    | undefined;
}
export interface Context {
  readonly client: ClientInfo;
  readonly signal: AbortSignal;
  tellRejected(rejected: RejectedPart): void;
  detached(): Context;
  with(change: { readonly client?: ClientInfo }): Context;
}
export interface ContextInit {
  readonly client?: ClientInfo;
  readonly signal?: () => AbortSignal;
  readonly onRejected?: (rejected: RejectedPart) => void;
}
export interface Declaration {
  readonly definition: ComponentDefinition;
  readonly id: string;
  readonly config: unknown;
  readonly handle: object | undefined;
  readonly origin: Origin | undefined;
}
export interface Definition<Z extends z.ZodType, X = undefined> {
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly stability?: 'development' | 'alpha' | 'beta' | 'stable';
  readonly config: Z & Strict<z.input<Z>>;
  readonly shared?: (settings: Settings<z.output<Z>>) => X;
}
export interface DownstreamStatus {
  readonly code: number;
  readonly message: string;
}
export interface DropCause {
  readonly message?: string | undefined;
  readonly error?: string | undefined;
}
export type Duration =
  | '0'
  | `${number}${'ns' | 'us' | 'µs' | 'ms' | 's' | 'm' | 'h'}`
  | `${number}m${number}s`
  | `${number}h${number}m`
  | `${number}h${number}m${number}s`;
export interface ExporterFactory<I, S extends Signal, H = unknown> extends Registered {
  (...args: Args<I>): ExporterRef<S> & H;
}
export interface ExporterRef<S extends Signal> extends Sink<S> {
  readonly kind: 'exporter';
}
export interface ExporterSettings<C, S extends Signal, X = undefined, H = {}> extends Settings<C> {
  readonly signal: S;
  readonly shared: X;
  readonly handle: H;
}
export interface ExtensionFactory<I, E> extends Registered {
  (...args: Args<I>): ExtensionRef<E>;
}
export interface ExtensionRef<E = unknown> {
  readonly kind: 'extension';
  readonly provides?: () => E;
}
export interface Host {
  extension<E>(ref: ExtensionRef<E>): E;
  report(status: ComponentStatus): void;
  listening(listener: string, address: string): void;
  heldBytes(): number;
  memoryLimit(): Promise<number>;
  answers(topic: string, answer: (query: URLSearchParams) => unknown): void;
  onStatus(listener: (event: StatusEvent) => void): () => void;
  onReady(listener: (isReady: boolean) => void): () => void;
}
export interface Ledger {
  created(items: number): void;
  absorbed(items: number): void;
  dropped(items: number, reason: string, why?: DropCause): void;
  filtered(items: number): void;
  held(items: () => number, bytes?: () => number): void;
}
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
export type MakePart = (settings: never) => Component;
export type MakeShared = (settings: never) => Component | undefined;
export interface Named {
  readonly name?: string;
  readonly alias?: string;
  readonly origin?: Origin;
}
export interface Origin {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
export type Processing<S extends Signal> = Transform<S> | (Component & Consumer<S>);
export interface ProcessorFactory<I, S extends Signal> extends Registered {
  (...args: Args<I>): ProcessorRef<S>;
}
export interface ProcessorRef<S extends Signal> {
  readonly kind: 'processor';
  readonly processes: Supports<S>;
}
export interface ProcessorSettings<C, S extends Signal, X = undefined> extends Settings<C> {
  readonly next: Consumer<S>;
  readonly shared: X;
}
export interface ReceiverFactory<I, S extends Signal, H = unknown> extends Registered {
  (...args: Args<I>): ReceiverRef<S> & H;
}
export interface ReceiverMetrics {
  ended(accepted: number, refused: number): void;
}
export interface ReceiverRef<S extends Signal> extends Source<S> {
  readonly kind: 'receiver';
}
export interface ReceiverSettings<C, S extends Signal, X = undefined, H = {}> extends Settings<C> {
  readonly next: Consumer<S>;
  readonly shared: X;
  readonly handle: H;
}
export interface Registered {
  readonly kind: ComponentKind;
  readonly type: string;
  readonly signals: readonly Signal[];
}
export interface RejectedPart {
  readonly signal: Signal;
  readonly items: number;
  readonly message: string;
}
export interface Router<S extends Signal> extends Consumer<S> {
  readonly pipelines: readonly string[];
  to(...pipelines: readonly string[]): Consumer<S>;
}
export interface Runtime {
  readonly clock: Clock;
  readonly random: () => number;
  readonly dns: Pick<typeof import('node:dns/promises'), 'lookup' | 'Resolver'>;
  readonly fs: typeof import('node:fs/promises');
  readonly logger: Logger;
  readonly meterProvider: MeterProvider;
}
export interface Settings<C> extends Runtime {
  readonly id: string;
  readonly meter: Meter;
  readonly config: C;
  readonly ledger: Ledger;
}
export interface Sink<S extends Signal> {
  readonly accepts: Supports<S>;
}
export interface Source<S extends Signal> {
  readonly emits: Supports<S>;
}
export type Status =
  | 'none'
  | 'starting'
  | 'ok'
  | 'recoverable_error'
  | 'permanent_error'
  | 'fatal_error'
  | 'stopping'
  | 'stopped';
export interface StatusEvent extends StatusSubject {
  readonly status: Status;
  readonly error: Error | undefined;
  readonly at: number;
}
export interface StatusSubject {
  readonly component: string;
  readonly kind: ComponentKind;
  readonly signal: Signal | undefined;
  readonly pipelines: readonly string[];
}
export interface Storage {
  keys(): Promise<readonly string[]>;
  get(key: string): Promise<Uint8Array | undefined>;
  set(key: string, value: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
  batch(operations: readonly StorageOperation[]): Promise<void>;
  close(): Promise<void>;
}
export declare class StorageError extends Error {
  readonly code: StorageErrorCode;
  readonly owner: StorageOwner | undefined;
  constructor(
    code: StorageErrorCode,
    message: string,
    {
      owner,
      ...options
    }?: ErrorOptions & {
      readonly owner?: StorageOwner | undefined;
    },
  );
  static is(error: unknown): error is StorageError;
}
export type StorageErrorCode = 'full' | 'damaged' | 'taken' | 'failed';
export type StorageOperation =
  | {
      readonly type: 'set';
      readonly key: string;
      readonly value: Uint8Array;
    }
  | {
      readonly type: 'delete';
      readonly key: string;
    };
export interface StorageOwner {
  readonly kind: 'receiver' | 'processor' | 'exporter' | 'extension' | 'connector';
  readonly id: string;
  readonly storeId?: string | undefined;
  readonly name?: string | undefined;
}
export interface StorageProvider {
  open(owner: StorageOwner): Promise<Storage>;
}
export type Supports<S extends Signal> = {
  readonly [K in S]: true;
};
export interface Timer {
  stop(): void;
}
export interface TooLarge {
  readonly maxBytes: number | undefined;
}
export interface Transform<S extends Signal> extends Component {
  process(batch: Batch<S>, context: Context): void | Batch<S> | Promise<void | Batch<S>>;
}
export declare const background: Context;
export declare function checkConfig<Z extends z.ZodType>(
  schema: Z,
  config: unknown,
  path: readonly string[],
): CheckedConfig<z.output<Z>>;
export declare function completeConfig<Z extends z.ZodType>(
  schema: Z,
  config: unknown,
  path: readonly string[],
): z.output<Z>;
export declare function createContext(init: ContextInit): Context;
export declare function declarationOf(reference: object): Declaration;
export declare function defineConnector<
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
    Known<keyof P> & {
      readonly [From in Extract<keyof P, Signal>]: KnownTargets<P[From]>;
    },
): ConnectorFactory<NoInfer<z.input<Z>>, NoInfer<Extract<keyof P, Signal>>, NoInfer<Targets<P>>>;
export declare function defineExporter<
  Z extends z.ZodType,
  K extends PropertyKey,
  X extends Component | undefined = undefined,
  H extends object = {},
>(
  definition: Definition<Z, X> &
    WithHandle<H> & {
      readonly [S in Signal]?: (settings: ExporterSettings<z.output<Z>, S, X, H>) => Component & Consumer<S>;
    } & Known<K, 'handle'>,
): ExporterFactory<NoInfer<z.input<Z>>, NoInfer<Extract<K, Signal>>, NoInfer<H>>;
export declare function defineExtension<Z extends z.ZodType, E extends object>(
  definition: Definition<Z> & {
    readonly create: (settings: Settings<z.output<Z>>) => Component & E;
  },
): ExtensionFactory<NoInfer<z.input<Z>>, NoInfer<E>>;
export declare function defineProcessor<
  Z extends z.ZodType,
  K extends PropertyKey,
  X extends Component | undefined = undefined,
>(
  definition: Definition<Z, X> & {
    readonly [S in Signal]?: (settings: ProcessorSettings<z.output<Z>, S, X>) => Processing<S>;
  } & Known<K>,
): ProcessorFactory<NoInfer<z.input<Z>>, NoInfer<Extract<K, Signal>>>;
export declare function defineReceiver<
  Z extends z.ZodType,
  K extends PropertyKey,
  X extends Component | undefined = undefined,
  H extends object = {},
>(
  definition: Definition<Z, X> &
    WithHandle<H> & {
      readonly [S in Signal]?: (settings: ReceiverSettings<z.output<Z>, S, X, H>) => Component;
    } & Known<K, 'handle'>,
): ReceiverFactory<NoInfer<z.input<Z>>, NoInfer<Extract<K, Signal>>, NoInfer<H>>;
export declare function definitionOf(factory: object): ComponentDefinition;
export declare function duration(): z.ZodType<number, Duration>;
export declare function extensionRef<E>(): z.ZodType<ExtensionRef<E>, ExtensionRef<E>>;
export declare function memoryInReach(
  totalBytes: number,
  fs: Pick<Runtime['fs'], 'readFile'>,
): Promise<number>;
export declare function nearest(name: string, candidates: readonly string[]): string | undefined;
export declare const notOffered: z.ZodOptional<z.ZodUndefined>;
export declare function oneOf<const V extends string>(
  values: readonly V[],
  others: readonly string[],
  problem: string,
): z.ZodType<V, V>;
export declare function optionalSection<Z extends z.ZodType>(
  schema: Z,
  whenNull: 'on' | 'off',
): z.ZodType<z.output<Z> | undefined, z.input<Z> | null | undefined>;
export declare function parseDuration(text: string): number | undefined;
export declare function receiverMetrics(meter: Meter, signal: Signal, transport: string): ReceiverMetrics;
export declare function toMs(time: Duration | number, asker: string): number;

// Not exported, but referred to above.
type Known<K extends PropertyKey, More extends PropertyKey = never> = {
  readonly [Key in K]: Key extends Signal | keyof Definition<never> | More
    ? unknown
    : 'unknown key: signals are traces, metrics, logs and profiles';
};
type KnownTargets<T> = {
  readonly [To in Exclude<keyof T, Signal>]: 'not a signal: traces, metrics, logs or profiles';
};
type Strict<Input> = Input extends object
  ? string extends keyof Input
    ? [Input[keyof Input]] extends [never]
      ? unknown
      : 'lets unknown keys pass: use z.strictObject'
    : unknown
  : 'a config is an object: use z.strictObject';
type Targets<P> = {
  [From in Extract<keyof P, Signal>]: Extract<keyof P[From], Signal>;
}[Extract<keyof P, Signal>];
interface WithHandle<H> {
  readonly handle?: () => H;
}
