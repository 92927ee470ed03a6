import type {
  AttributeInput,
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

/**
 * Decides about one value: a regular expression about text, or a matcher of `vitest` or `jest`, such as
 * `expect.any(String)`.
 */
export type ValueMatcher = RegExp | { asymmetricMatch(value: unknown): boolean };

/**
 * Fields that a record must have; it may have others. Attributes that are expected to be `undefined` must be
 * absent, and each entry of a list (events, links, data points) must be met by one of the record's.
 */
export type Pattern<Init> = { readonly [K in keyof Init]?: Expected<NonNullable<Init[K]>> };

type Expected<V> =
  | ValueMatcher
  | ([V] extends [string | number | bigint | boolean | Uint8Array | readonly (string | number | bigint)[]]
      ? V
      : // A body may be any value.
        [string] extends [V]
        ? AttributeInput
        : string extends keyof V
          ? Readonly<Record<string, AttributeInput | ValueMatcher | undefined>>
          : [V] extends [readonly (infer E)[]]
            ? readonly Pattern<E>[]
            : Pattern<V>);

/** Where a record comes from. */
interface Origin {
  readonly resource?: ResourceInit;
  readonly scope?: ScopeInit;
}

export type SpanPattern = Pattern<SpanInit & Origin>;
export type LogRecordPattern = Pattern<LogRecordInit & Origin>;
export type ProfilePattern = Pattern<ProfileInit & Origin>;
/** `kind` and `dataPoints` say it for a metric of whichever kind; a point's `value` is its `asInt` or `asDouble`. */
export type MetricPattern = Pattern<
  MetricInit & Origin & { readonly kind?: MetricKind; readonly dataPoints?: readonly AnyPointInit[] }
>;
interface AnyPointInit extends NumberDataPointInit {
  readonly value?: number | bigint;
}

/** What the records of a signal are. */
export type RecordOf<S extends Signal> = {
  readonly traces: Span;
  readonly metrics: Metric;
  readonly logs: LogRecord;
  readonly profiles: Profile;
}[S];

/** What the records of a signal are looked for by: a condition, or the fields that one must have. */
export type Wanted<S extends Signal> =
  | ((record: RecordOf<S>) => boolean)
  | {
      readonly traces: SpanPattern;
      readonly metrics: MetricPattern;
      readonly logs: LogRecordPattern;
      readonly profiles: ProfilePattern;
    }[S];
