// @tributary/testkit: what the package exports, written by scripts/api.mjs.
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
import { LogRecord, Logs, Metric, Metrics, Profile, Profiles, Span, Traces } from '@tributary/pdata';
import { TlsServerSettings } from '@tributary/transport';

export type Answer = (batch: Batch<Signal>, context: Context) => void | Promise<void>;
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
  | 'leaves no timer behind'
  | 'leaves no socket behind'
  | 'lets go when its grace has ended'
  | 'accepts'
  | 'passes every item on, once'
  | 'answers with the outcome of the next'
  | 'keeps what is refused, and offers it again'
  | 'accounts for what is rejected for good'
  | 'loses nothing when it shuts down under load'
  | 'answers for what comes after its shutdown';
export interface MemoryExporterConfig {
  readonly max_items?: number;
}
export interface MemorySink extends Received, Script {}
export interface PendingTimer {
  readonly kind: 'after' | 'every' | 'sleep';
  readonly ms: number;
  readonly dueInMs: number | undefined;
}
export interface Received {
  readonly spans: readonly Span[];
  readonly metrics: readonly Metric[];
  readonly logRecords: readonly LogRecord[];
  readonly profiles: readonly Profile[];
  readonly batches: readonly Batch<Signal>[];
  readonly items: number;
  clear(): void;
  waitFor(
    isSo: (received: Received) => boolean,
    options?: {
      readonly timeout?: Duration | number;
    },
  ): Promise<void>;
}
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
export interface VirtualClock extends Clock {
  advance(by: Duration | number): Promise<void>;
  readonly pending: number;
  timers(): readonly PendingTimer[];
}
export interface VirtualClockOptions {
  readonly startMs?: number;
  readonly maxRuns?: number;
}
export declare function contractSuite<R extends ContractRemote = ContractRemote>(
  options: ContractOptions<R>,
): readonly ContractCheck[];
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
export declare function sampleTraces(
  options: SampleOptions & {
    readonly spans: number;
  },
): Traces;
export declare const testReceiver: ReceiverFactory<Record<string, never>, Signal, TestSource>;
export declare function testServer(options?: TestServerOptions): Promise<TestServer>;
export declare function virtualClock(options?: VirtualClockOptions): VirtualClock;
