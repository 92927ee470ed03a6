// @tributary/testkit: what the package exports, written by scripts/api.mjs.
import { Collector } from '@tributary/collector';
import {
  AnyFactory,
  Batch,
  Clock,
  ConsumeErrorKind,
  Context,
  DownstreamStatus,
  Duration,
  ExporterFactory,
  ReceiverFactory,
  Signal,
} from '@tributary/component';
import {
  AttributeInput,
  Batch,
  LogRecord,
  LogRecordInit,
  Logs,
  Metric,
  MetricInit,
  MetricKind,
  Metrics,
  NumberDataPointInit,
  Profile,
  ProfileInit,
  Profiles,
  ResourceInit,
  ScopeInit,
  Signal,
  Span,
  SpanInit,
  Traces,
} from '@tributary/pdata';
import { TlsServerSettings } from '@tributary/transport';

export { PendingTimer } from '@tributary/collector';
export { VirtualClock } from '@tributary/collector';
export { VirtualClockOptions } from '@tributary/collector';
export { virtualClock } from '@tributary/collector';
export type Answer = (batch: Batch<Signal>, context: Context) => void | Promise<void>;
export interface Arrived<S extends Signal> extends ReadonlyArray<RecordOf<S>> {
  waitFor(wanted: Wanted<S>, options?: WaitOptions): Promise<RecordOf<S>>;
}
export type AssertNoRecord<S extends Signal> = (where: Searchable<S>, wanted: Wanted<S>) => void;
export type AssertRecord<S extends Signal> = (where: Searchable<S>, wanted: Wanted<S>) => RecordOf<S>;
export interface ContractCheck {
  readonly name: string;
  readonly rule: ContractRule;
  readonly run: () => Promise<void>;
  readonly skip: string | undefined;
}
export interface ContractOptions<R extends ContractRemote = ContractRemote> {
  readonly factory: AnyFactory;
  readonly create: (remote: R) => object;
  readonly outcome?: 'carried' | 'held';
  readonly send?: (
    batch: Batch<Signal>,
    addresses: Readonly<Record<string, string>>,
  ) => Promise<number | void>;
  readonly remote?: () => Promise<R>;
  readonly signals?: readonly Signal[];
  readonly skip?: Readonly<Partial<Record<ContractRule, string>>>;
}
export interface ContractRemote extends Received, Script {
  close(): Promise<void>;
}
export type ContractRule =
  | 'shuts down before it starts'
  | 'shuts down twice, also at the same time'
  | 'starts after a shutdown, or refuses to'
  | 'starts twice, or refuses to'
  | 'shuts down while it starts'
  | 'leaves no timer behind'
  | 'leaves no socket behind'
  | 'leaves no file open'
  | 'lets go when its grace has ended'
  | 'accepts'
  | 'passes every item on, once'
  | 'keeps nothing of what it has passed on'
  | 'answers with the outcome of the next'
  | 'keeps what is refused, and offers it again'
  | 'accounts for what is refused for good'
  | 'accounts for what is rejected for good'
  | 'loses nothing when it shuts down under load'
  | 'answers for what comes after its shutdown';
export type DnsFailure = 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED' | 'silence';
export interface DnsRecords {
  readonly a?: readonly string[] | DnsFailure;
  readonly aaaa?: readonly string[] | DnsFailure;
  readonly srv?: readonly DnsService[] | DnsFailure;
}
export interface DnsServer extends AsyncDisposable {
  readonly address: string;
  readonly questions: readonly string[];
  set(name: string, records: DnsRecords | DnsFailure): void;
  close(): Promise<void>;
}
export interface DnsService {
  readonly target: string;
  readonly port: number;
  readonly priority?: number;
  readonly weight?: number;
}
export interface ExactAnswer {
  readonly code: number;
  readonly httpStatus?: number;
  readonly message?: string;
  readonly retryAfterMs?: number;
  readonly times?: number;
}
export type Fault =
  | {
      readonly kind: 'delay';
      readonly at: FaultPlace;
      readonly ms: number;
    }
  | {
      readonly kind: 'throttle';
      readonly at: FaultPlace;
      readonly bytesPerSecond: number;
    }
  | {
      readonly kind: 'cut' | 'stall' | 'half-close';
      readonly at: FaultPlace;
    };
export type FaultPlace = 'head' | 'body' | 'answer';
export interface FaultPlan {
  next(...faults: readonly (Fault | undefined)[]): void;
  each(choose: (() => Fault | undefined) | undefined): void;
}
export interface FaultProxy extends FaultPlan, AsyncDisposable {
  readonly endpoint: string;
  readonly struck: number;
  readonly connections: number;
  close(): Promise<void>;
}
export interface FaultProxyOptions {
  readonly to: string;
  readonly clock?: Clock;
}
export type LogRecordPattern = Pattern<LogRecordInit & Origin>;
export interface MemoryExporterConfig {
  readonly max_items?: number;
}
export interface MemorySink extends Received, Script {}
export type MetricPattern = Pattern<
  MetricInit &
    Origin & {
      readonly kind?: MetricKind;
      readonly dataPoints?: readonly AnyPointInit[];
    }
>;
export type Pattern<Init> = {
  readonly [K in keyof Init]?: Expected<NonNullable<Init[K]>>;
};
export type ProfilePattern = Pattern<ProfileInit & Origin>;
export interface Received {
  readonly traces: Arrived<'traces'>;
  readonly metrics: Arrived<'metrics'>;
  readonly logs: Arrived<'logs'>;
  readonly profiles: Arrived<'profiles'>;
  readonly spans: readonly Span[];
  readonly logRecords: readonly LogRecord[];
  readonly batches: readonly Batch<Signal>[];
  readonly items: number;
  clear(): void;
  waitFor(isSo: (received: Received) => boolean, options?: WaitOptions): Promise<void>;
}
export type RecordOf<S extends Signal> = {
  readonly traces: Span;
  readonly metrics: Metric;
  readonly logs: LogRecord;
  readonly profiles: Profile;
}[S];
export interface Refusal {
  readonly times?: number;
  readonly message?: string;
  readonly retryAfterMs?: number;
  readonly status?: DownstreamStatus;
  readonly items?: number;
}
export interface SampleOptions {
  readonly seed?: number;
  readonly startMs?: number;
}
export interface Script {
  refuseNext(kind: ConsumeErrorKind, options?: Refusal): void;
  respond(answer: Answer | undefined): void;
}
export type Searchable<S extends Signal> =
  | {
      readonly batches: readonly Batch<Signal>[];
    }
  | Batch<S>
  | Iterable<RecordOf<S>>;
export type SpanPattern = Pattern<SpanInit & Origin>;
export interface TestRequest {
  readonly signal: Signal;
  readonly protocol: 'grpc' | 'http/protobuf' | 'http/json';
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly items: number;
}
export interface TestServer extends Received, Script, AsyncDisposable {
  readonly grpc: string;
  readonly http: string;
  readonly requests: readonly TestRequest[];
  answerNext(answer: ExactAnswer): void;
  close(): Promise<void>;
}
export interface TestServerOptions {
  readonly tls?: TlsServerSettings;
  readonly maxRequestBytes?: number;
}
export interface TestSource {
  send(batch: Traces | Metrics | Logs | Profiles, context?: Context): Promise<void>;
  admit(
    signal: Signal,
    bytes?: number,
  ):
    | {
        readonly retryAfterMs: number;
      }
    | undefined;
}
export interface TracePart {
  readonly atMs: number;
  readonly traces: Traces;
}
export interface TracePartsOptions extends SampleOptions {
  readonly traces: number;
  readonly spansPerTrace?: number;
  readonly errorShare?: number;
  readonly lateShare?: number;
  readonly lateMs?: number;
}
export type ValueMatcher =
  | RegExp
  | {
      asymmetricMatch(value: unknown): boolean;
    };
export interface WaitOptions {
  readonly timeout?: Duration | number;
}
export type Wanted<S extends Signal> =
  | ((record: RecordOf<S>) => boolean)
  | {
      readonly traces: SpanPattern;
      readonly metrics: MetricPattern;
      readonly logs: LogRecordPattern;
      readonly profiles: ProfilePattern;
    }[S];
export declare function assertBalance(collector: Pick<Collector, 'balance'>): void;
export declare const assertLogRecord: AssertRecord<'logs'>;
export declare const assertMetric: AssertRecord<'metrics'>;
export declare const assertNoLogRecord: AssertNoRecord<'logs'>;
export declare const assertNoMetric: AssertNoRecord<'metrics'>;
export declare const assertNoProfile: AssertNoRecord<'profiles'>;
export declare const assertNoSpan: AssertNoRecord<'traces'>;
export declare const assertProfile: AssertRecord<'profiles'>;
export declare const assertSpan: AssertRecord<'traces'>;
export declare function contractSuite<R extends ContractRemote = ContractRemote>(
  options: ContractOptions<R>,
): readonly ContractCheck[];
export declare function dnsServer(): Promise<DnsServer>;
export declare function faultProxy({ to, clock }: FaultProxyOptions): Promise<FaultProxy>;
export declare const memoryExporter: ExporterFactory<MemoryExporterConfig, Signal, MemorySink>;
export declare function registerChecks(
  checks: readonly ContractCheck[],
  test: {
    (name: string, run: () => Promise<void>): unknown;
    skip(name: string, run: () => Promise<void>): unknown;
  },
): void;
export declare function sampleLogs(
  options: SampleOptions & {
    readonly records: number;
  },
): Logs;
export declare function sampleMetrics(
  options: SampleOptions & {
    readonly dataPoints: number;
  },
): Metrics;
export declare function sampleProfiles(
  options: SampleOptions & {
    readonly samples: number;
  },
): Profiles;
export declare function sampleTraceParts(options: TracePartsOptions): readonly TracePart[];
export declare function sampleTraces(
  options: SampleOptions & {
    readonly spans: number;
  },
): Traces;
export declare function seededChoice<const T>(choices: readonly T[], seed?: number): () => T;
export declare function seededRandom(seed?: number): () => number;
export declare const testReceiver: ReceiverFactory<Record<string, never>, Signal, TestSource>;
export declare function testServer(options?: TestServerOptions): Promise<TestServer>;

// Not exported, but referred to above.
interface AnyPointInit extends NumberDataPointInit {
  readonly value?: number | bigint;
}
type Expected<V> =
  | ValueMatcher
  | ([V] extends [string | number | bigint | boolean | Uint8Array | readonly (string | number | bigint)[]]
      ? V
      : [string] extends [V]
        ? AttributeInput
        : string extends keyof V
          ? Readonly<Record<string, AttributeInput | ValueMatcher | undefined>>
          : [V] extends [readonly (infer E)[]]
            ? readonly Pattern<E>[]
            : Pattern<V>);
interface Origin {
  readonly resource?: ResourceInit;
  readonly scope?: ScopeInit;
}
