// @tributary/prometheus: what the package exports, written by scripts/api.mjs.

export interface HistogramSample {
  readonly labels: Labels;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
}
export type Labels = Readonly<Record<string, string>>;
export type MetricFamily = {
  readonly name: string;
  readonly help: string;
} & (
  | {
      readonly type: Exclude<MetricType, 'histogram'>;
      readonly samples: readonly Sample[];
    }
  | {
      readonly type: 'histogram';
      readonly samples: readonly HistogramSample[];
    }
);
export interface MetricNaming {
  readonly type: MetricType;
  readonly unit?: string | undefined;
  readonly withoutUnits?: boolean | undefined;
  readonly withoutTypeSuffix?: boolean | undefined;
}
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'untyped';
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}
export declare function formatNumber(value: number): string;
export declare function labelName(key: string): string;
export declare function labelsOf(attributes: Readonly<Record<string, unknown>>): Record<string, string>;
export declare function metricName(name: string, naming: MetricNaming): string;
export declare const textContentType: string;
export declare function writeText(families: Iterable<MetricFamily>): string;
