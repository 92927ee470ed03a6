// @tributary/testkit/vitest: what the package exports, written by scripts/api.mjs.
import { Collector } from '@tributary/collector';
import {
  AttributeInput,
  Batch,
  LogRecord,
  LogRecordInit,
  Metric,
  MetricInit,
  MetricKind,
  NumberDataPointInit,
  Profile,
  ProfileInit,
  ResourceInit,
  ScopeInit,
  Signal,
  Span,
  SpanInit,
} from '@tributary/pdata';

export declare const matchers: {
  toHaveSpan: (where: Searchable<'traces'>, wanted: Wanted<'traces'>) => Verdict;
  toHaveMetric: (where: Searchable<'metrics'>, wanted: Wanted<'metrics'>) => Verdict;
  toHaveLogRecord: (where: Searchable<'logs'>, wanted: Wanted<'logs'>) => Verdict;
  toHaveProfile: (where: Searchable<'profiles'>, wanted: Wanted<'profiles'>) => Verdict;
  toBalance: (collector: Pick<Collector, 'balance'>) => Verdict;
};

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
type LogRecordPattern = Pattern<LogRecordInit & Origin>;
type MetricPattern = Pattern<
  MetricInit &
    Origin & {
      readonly kind?: MetricKind;
      readonly dataPoints?: readonly AnyPointInit[];
    }
>;
interface Origin {
  readonly resource?: ResourceInit;
  readonly scope?: ScopeInit;
}
type Pattern<Init> = {
  readonly [K in keyof Init]?: Expected<NonNullable<Init[K]>>;
};
type ProfilePattern = Pattern<ProfileInit & Origin>;
type RecordOf<S extends Signal> = {
  readonly traces: Span;
  readonly metrics: Metric;
  readonly logs: LogRecord;
  readonly profiles: Profile;
}[S];
type Searchable<S extends Signal> =
  | {
      readonly batches: readonly Batch<Signal>[];
    }
  | Batch<S>
  | Iterable<RecordOf<S>>;
type SpanPattern = Pattern<SpanInit & Origin>;
type ValueMatcher =
  | RegExp
  | {
      asymmetricMatch(value: unknown): boolean;
    };
interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}
type Wanted<S extends Signal> =
  | ((record: RecordOf<S>) => boolean)
  | {
      readonly traces: SpanPattern;
      readonly metrics: MetricPattern;
      readonly logs: LogRecordPattern;
      readonly profiles: ProfilePattern;
    }[S];
