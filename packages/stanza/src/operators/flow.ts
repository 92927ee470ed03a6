import type { Duration } from '@tributary/component';
import type { ByteSize } from '../byte-size.js';
import type { Entry } from '../entry.js';
import { compile, createTemplate, isTrue } from '../expressions.js';
import type { Field } from '../field.js';
import type { CommonConfig, CommonSettings, Operator, OperatorsRuntime, Pass } from './operator.js';
import { createRecombine } from './recombine.js';

/** Ends records for which an expression is true. */
export interface FilterConfig extends CommonConfig {
  readonly type: 'filter';
  readonly expr: string;
  /** The share of them that is ended, from 0 to 1. Default `1`. */
  readonly drop_ratio?: number | undefined;
}
/** Sends records to one of several operators. */
export interface RouterConfig extends Omit<CommonConfig, 'output'> {
  readonly type: 'router';
  /** The first whose expression is true decides. */
  readonly routes: readonly RouteConfig[];
  /** Where all others go. Default: nowhere, they are filtered. */
  readonly default?: string | readonly string[] | undefined;
}
/** One way of a router. */
export interface RouteConfig {
  readonly expr: string;
  readonly output: string | readonly string[];
  /** Set on records that go this way. Default `{}`. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
}
/** Joins records that are parts of one. */
export interface RecombineConfig extends CommonConfig {
  readonly type: 'recombine';
  /** An expression that is true for the first part. This, or `is_last_entry`. */
  readonly is_first_entry?: string | undefined;
  /** One that is true for the last part. */
  readonly is_last_entry?: string | undefined;
  /** The field whose texts are joined. */
  readonly combine_field: string;
  /** What stands between them. Default: a line end. */
  readonly combine_with?: string | undefined;
  /** Parts of one record, at most. Default `1000`. */
  readonly max_batch_size?: number | undefined;
  /** Parts that wait for the first match. Default `100`. */
  readonly max_unmatched_batch_size?: number | undefined;
  /** Sources of which parts are held. Default `1000`. */
  readonly max_sources?: number | undefined;
  /** Which part the rest of the record is taken from. Default `'oldest'`. */
  readonly overwrite_with?: 'oldest' | 'newest' | undefined;
  /** What is not complete after so long is given on. Default `'5s'`. */
  readonly force_flush_period?: Duration | undefined;
  /** The field by which sources are told apart. Default `attributes["log.file.path"]`. */
  readonly source_identifier?: string | undefined;
  /** Of the joined text; 0 is no limit. Default `0`. */
  readonly max_log_size?: ByteSize | undefined;
}
/** Does nothing: a place to be named. */
export interface NoopConfig extends CommonConfig {
  readonly type: 'noop';
}

interface FilterSettings extends CommonSettings {
  readonly type: 'filter';
  readonly expr: string;
  readonly drop_ratio: number;
}
interface RouterSettings extends Omit<CommonSettings, 'output'> {
  readonly type: 'router';
  readonly routes: readonly {
    readonly expr: string;
    readonly output: readonly string[];
    readonly attributes: Readonly<Record<string, string>>;
  }[];
  readonly default?: readonly string[] | undefined;
}
interface RecombineSettings extends CommonSettings {
  readonly type: 'recombine';
  readonly is_first_entry?: string | undefined;
  readonly is_last_entry?: string | undefined;
  readonly combine_field: Field;
  readonly combine_with: string;
  readonly max_batch_size: number;
  readonly max_unmatched_batch_size: number;
  readonly max_sources: number;
  readonly overwrite_with: 'oldest' | 'newest';
  readonly force_flush_period: number;
  readonly source_identifier: Field;
  readonly max_log_size: number;
}
interface NoopSettings extends CommonSettings {
  readonly type: 'noop';
}

export type FlowSettings = FilterSettings | RouterSettings | RecombineSettings | NoopSettings;

export function createFilter(
  { expr, drop_ratio }: FilterSettings,
  { env, random, ledger }: OperatorsRuntime,
): Operator {
  const condition = compile(expr, env);
  return {
    process(entry, pass) {
      const isEnded = isTrue(condition, entry) && (drop_ratio === 1 || random() < drop_ratio);
      if (!isEnded) return pass(entry);
      ledger.filtered(1);
      entry.receipt.release();
    },
  };
}

/** `to` gives an entry to operators by their ids. */
export function createRouter(
  settings: RouterSettings,
  { env, ledger, logger }: OperatorsRuntime,
  to: (ids: readonly string[]) => Pass,
): Operator {
  const routes = settings.routes.map(({ expr, output, attributes }) => ({
    condition: compile(expr, env),
    pass: to(output),
    attributes: Object.entries(attributes).map(([key, text]) => [key, createTemplate(text, env)] as const),
  }));
  const otherwise = settings.default === undefined ? undefined : to(settings.default);

  function matches(condition: (typeof routes)[number]['condition'], entry: Entry): boolean {
    try {
      return isTrue(condition, entry);
    } catch (error) {
      // As in the Collector: a route whose expression fails is none for this record.
      logger.debug('Running expression returned an error', { error: (error as Error).message });
      return false;
    }
  }

  return {
    process(entry) {
      for (const { condition, pass, attributes } of routes) {
        if (!matches(condition, entry)) continue;
        for (const [key, template] of attributes) entry.attributes[key] = template(entry);
        return pass(entry);
      }
      if (otherwise !== undefined) return otherwise(entry);
      ledger.filtered(1);
      entry.receipt.release();
    },
  };
}

export function createRecombineOperator(
  settings: RecombineSettings,
  runtime: OperatorsRuntime,
  pass: Pass,
): Operator {
  const { is_first_entry: first, is_last_entry: last } = settings;
  const test = (source: string | undefined): ((entry: Entry) => boolean) | undefined => {
    if (source === undefined) return undefined;
    const condition = compile(source, runtime.env);
    return (entry) => isTrue(condition, entry);
  };
  return createRecombine(
    runtime,
    {
      isFirst: test(first),
      isLast: test(last),
      combineField: settings.combine_field,
      combineWith: settings.combine_with,
      maxBatchSize: settings.max_batch_size > 0 ? settings.max_batch_size : Infinity,
      maxUnmatchedBatchSize:
        settings.max_unmatched_batch_size > 0 ? settings.max_unmatched_batch_size : Infinity,
      maxSources: settings.max_sources,
      keeps: settings.overwrite_with,
      forceFlushMs: settings.force_flush_period,
      sourceOf: createSourceOf(settings.source_identifier),
      maxLogSize: settings.max_log_size,
    },
    pass,
  );
}

function createSourceOf(identifier: Field): (entry: Entry) => string {
  return (entry) => {
    const value = identifier.get(entry);
    // All that does not say where it comes from is one source.
    return typeof value === 'string' ? value : 'DefaultSourceIdentifier';
  };
}
