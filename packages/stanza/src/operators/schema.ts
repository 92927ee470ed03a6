import { duration } from '@tributary/component';
import { createExtractor, pattern } from '@tributary/patterns';
import { z } from 'zod';
import { byteSize } from '../byte-size.js';
import { checkTemplate, expression, templateText } from '../expressions.js';
import { field, type Field } from '../field.js';
import { mappingProblem } from '../severity.js';
import { createTimeParser, type TimeSettings } from '../time/parse.js';
import type { ScopeNameSettings, SeverityBlockSettings, TimestampSettings, TraceSettings } from './blocks.js';
import type { OperatorConfig } from './config.js';
import type { ContainerSettings } from './container.js';
import type { FieldSettings } from './fields.js';
import type { FlowSettings } from './flow.js';
import type { CommonSettings } from './operator.js';
import type { AnyParserSettings } from './parsers.js';

const commonShape = {
  id: z.string().min(1).optional(),
  if: expression('boolean').optional(),
  on_error: z
    .enum(['send', 'drop', 'send_quiet', 'drop_quiet'], {
      error: 'operator config has an invalid `on_error` field.',
    })
    .default('send'),
  output: z
    .union([z.string(), z.array(z.string()).readonly()])
    .transform((output) => (typeof output === 'string' ? [output] : output))
    .optional(),
};

const timestampShape = {
  parse_from: field().optional(),
  layout: z.string({ error: 'missing required configuration parameter `layout`' }),
  layout_type: z
    .enum(['strptime', 'gotime', 'epoch'], {
      error: ({ input }) => `unsupported layout_type ${String(input)}`,
    })
    .default('strptime'),
  location: z.string().optional(),
};

function checkTime(
  settings: {
    readonly layout: string;
    readonly layout_type: TimeSettings['layout_type'];
    readonly location?: string | undefined;
  },
  context: z.core.$RefinementCtx,
): void {
  try {
    createTimeParser(settings, () => 0);
  } catch (error) {
    context.addIssue({ code: 'custom', path: ['layout'], message: (error as Error).message });
  }
}

const severityShape = {
  parse_from: field().optional(),
  preset: z.enum(['default', 'otel', 'aliases', 'none']).default('default'),
  mapping: z
    .record(z.string(), z.unknown())
    .superRefine((mapping, context) => {
      const message = mappingProblem(mapping);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .default({}),
  overwrite_text: z.boolean().default(false),
};

const idField = (
  name: string,
): z.ZodType<{ parse_from: Field }, { parse_from?: string | undefined } | undefined> =>
  z.strictObject({ parse_from: field().prefault(name) }).prefault({});

const traceShape = {
  trace_id: idField('attributes.trace_id'),
  span_id: idField('attributes.span_id'),
  trace_flags: idField('attributes.trace_flags'),
};

const scopeNameShape = { parse_from: field().optional() };

const timestampSchema = z.strictObject(timestampShape).superRefine(checkTime);

const needed = <Z extends z.ZodType<{ parse_from?: Field | undefined }>>(schema: Z): Z =>
  schema.refine(({ parse_from }) => parse_from !== undefined, {
    error: 'must be specified within a parser',
    path: ['parse_from'],
  });

const blocksShape = {
  timestamp: needed(timestampSchema).optional(),
  severity: needed(z.strictObject(severityShape)).optional(),
  trace: z.strictObject(traceShape).optional(),
  scope_name: needed(z.strictObject(scopeNameShape)).optional(),
};

const parserShape = {
  ...commonShape,
  ...blocksShape,
  parse_from: field().prefault('body'),
  parse_to: field().prefault('attributes'),
  body: field().optional(),
};

const parserSchemas = [
  z.strictObject({ type: z.literal('json_parser'), ...parserShape, parse_ints: z.boolean().default(false) }),
  z.strictObject({
    type: z.literal('regex_parser'),
    ...parserShape,
    regex: pattern().refine((text) => namesOf(text) > 0, {
      error: 'no named capture groups in regex pattern',
    }),
    cache: z.strictObject({ size: z.int().min(0).default(0) }).prefault({}),
  }),
  z
    .strictObject({
      type: z.literal('key_value_parser'),
      ...parserShape,
      delimiter: z.string().min(1).default('='),
      pair_delimiter: z.string().default(''),
    })
    .refine(({ delimiter, pair_delimiter }) => delimiter !== pair_delimiter, {
      error: 'delimiter and pair_delimiter cannot be the same value',
      path: ['pair_delimiter'],
    }),
  z
    .strictObject({
      type: z.literal('csv_parser'),
      ...parserShape,
      header: z.string().optional(),
      header_attribute: z.string().optional(),
      delimiter: z.string().length(1, { error: 'must be one character' }).default(','),
      header_delimiter: z.string().length(1, { error: 'must be one character' }).optional(),
      lazy_quotes: z.boolean().default(false),
      ignore_quotes: z.boolean().default(false),
    })
    .superRefine(({ header, header_attribute, lazy_quotes, ignore_quotes }, context) => {
      const refuse = (path: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [path], message });
      if ((header === undefined) === (header_attribute === undefined)) {
        refuse(
          'header',
          header === undefined
            ? "missing required field 'header' or 'header_attribute'"
            : "only one header parameter can be set: 'header' or 'header_attribute'",
        );
      }
      if (lazy_quotes && ignore_quotes)
        refuse('lazy_quotes', 'only one of lazy_quotes or ignore_quotes can be true');
    }),
  z.strictObject({ type: z.literal('uri_parser'), ...parserShape }),
  z.strictObject({ type: z.literal('json_array_parser'), ...parserShape, header: z.string().optional() }),
] as const;

function namesOf(regex: string): number {
  try {
    return createExtractor(regex).names.length;
  } catch {
    return 1; // Told for what it is.
  }
}

const fieldSchemas = [
  z.strictObject({ type: z.literal('move'), ...commonShape, from: field(), to: field() }),
  z.strictObject({ type: z.literal('copy'), ...commonShape, from: field(), to: field() }),
  z.strictObject({
    type: z.literal('add'),
    ...commonShape,
    field: field(),
    value: z.unknown().superRefine((value, context) => {
      if (typeof value === 'string') checkTemplate(value, context);
    }),
  }),
  z.strictObject({ type: z.literal('remove'), ...commonShape, field: field() }),
  z.strictObject({
    type: z.literal('retain'),
    ...commonShape,
    fields: z.array(field()).min(1, { error: 'retain: must have at least one field' }).readonly(),
  }),
  z.strictObject({ type: z.literal('flatten'), ...commonShape, field: field() }),
  z.strictObject({
    type: z.literal('assign_keys'),
    ...commonShape,
    field: field(),
    keys: z.array(z.string()).min(1, { error: 'assign_keys missing required field keys' }).readonly(),
  }),
  z
    .strictObject({
      type: z.literal('regex_replace'),
      ...commonShape,
      field: field(),
      regex: pattern().optional(),
      regex_name: z
        .enum(['ansi_control_sequences'], {
          error: ({ input }) => `regex_name ${JSON.stringify(input)} not recognized`,
        })
        .optional(),
      replace_with: z.string().default(''),
    })
    .refine(({ regex, regex_name }) => (regex === undefined) !== (regex_name === undefined), {
      error: 'either regex or regex_name must be set, and not both',
      path: ['regex'],
    }),
  z.strictObject({ type: z.literal('unquote'), ...commonShape, field: field() }),
  z.strictObject({ type: z.literal('sanitize_utf8'), ...commonShape, field: field().prefault('body') }),
] as const;

const outputs = z
  .union([z.string(), z.array(z.string()).min(1).readonly()])
  .transform((output) => (typeof output === 'string' ? [output] : output));

const flowSchemas = [
  z.strictObject({ type: z.literal('noop'), ...commonShape }),
  z.strictObject({
    type: z.literal('filter'),
    ...commonShape,
    expr: expression('boolean'),
    drop_ratio: z
      .number()
      .min(0, { error: 'drop_ratio must be a number between 0 and 1' })
      .max(1, { error: 'drop_ratio must be a number between 0 and 1' })
      .default(1),
  }),
  z.strictObject({
    type: z.literal('router'),
    id: commonShape.id,
    if: commonShape.if,
    on_error: commonShape.on_error,
    routes: z
      .array(
        z.strictObject({
          expr: expression('boolean'),
          output: outputs,
          attributes: z.record(z.string(), templateText()).default({}),
        }),
      )
      .min(1, { error: 'must have at least one route' })
      .readonly(),
    default: outputs.optional(),
  }),
  z
    .strictObject({
      type: z.literal('recombine'),
      ...commonShape,
      is_first_entry: expression('boolean').optional(),
      is_last_entry: expression('boolean').optional(),
      combine_field: field(),
      combine_with: z.string().default('\n'),
      max_batch_size: z.int().min(0).default(1000),
      max_unmatched_batch_size: z.int().min(0).default(100),
      max_sources: z.int().min(1, { error: 'max_sources must be at least 1' }).default(1000),
      overwrite_with: z
        .enum(['oldest', 'newest'], {
          error: ({ input }) => `invalid value '${String(input)}' for parameter 'overwrite_with'`,
        })
        .default('oldest'),
      force_flush_period: duration().prefault('5s'),
      source_identifier: field().prefault('attributes["log.file.path"]'),
      max_log_size: byteSize().prefault(0),
    })
    .superRefine(({ is_first_entry, is_last_entry }, context) => {
      if ((is_first_entry === undefined) !== (is_last_entry === undefined)) return;
      const message =
        is_first_entry === undefined
          ? 'one of is_first_entry and is_last_entry must be set'
          : 'only one of is_first_entry and is_last_entry can be set';
      context.addIssue({ code: 'custom', message });
    }),
] as const;

const containerSchema = z.strictObject({
  type: z.literal('container'),
  ...commonShape,
  format: z
    .enum(['', 'docker', 'crio', 'containerd'], {
      error: ({ input }) => `invalid \`format\` field ${JSON.stringify(input)}`,
    })
    .default(''),
  add_metadata_from_filepath: z.boolean().default(true),
  max_log_size: byteSize().prefault(0),
  parse_from: field().prefault('body'),
  parse_to: field().prefault('attributes'),
});

const blockSchemas = [
  z
    .strictObject({ type: z.literal('time_parser'), ...commonShape, ...timestampShape })
    .superRefine(checkTime),
  z.strictObject({ type: z.literal('severity_parser'), ...commonShape, ...severityShape }),
  z.strictObject({ type: z.literal('trace_parser'), ...commonShape, ...traceShape }),
  z.strictObject({ type: z.literal('scope_name_parser'), ...commonShape, ...scopeNameShape }),
] as const;

type BlockOperatorSettings = CommonSettings &
  (
    | ({ readonly type: 'time_parser' } & TimestampSettings)
    | ({ readonly type: 'severity_parser' } & SeverityBlockSettings)
    | ({ readonly type: 'trace_parser' } & TraceSettings)
    | ({ readonly type: 'scope_name_parser' } & ScopeNameSettings)
  );

/** One operator, completed: what this package knows of it. */
export type AnyOperatorSettings =
  AnyParserSettings | FieldSettings | FlowSettings | BlockOperatorSettings | ContainerSettings;

/** One operator, completed. What is in it is known to this package alone. */
export interface OperatorSettings {
  readonly type: string;
}

/** Those of the Collector that are not here, and what is in their place. */
const notHere: Readonly<Record<string, string>> = {
  syslog_parser: 'is not supported yet: use regex_parser',
  stdout: 'is not supported: use the debug exporter',
  file_output: 'is not supported: use the file exporter',
  log_emitter: 'is not supported: records go to the pipeline by themselves',
  key_value: 'is called key_value_parser',
  restructure: 'is no operator any more: use add, move and remove',
  metadata: 'is no operator any more: use add',
};

const operator = z.discriminatedUnion(
  'type',
  [...parserSchemas, ...fieldSchemas, ...flowSchemas, ...blockSchemas, containerSchema],
  {
    error: ({ code, input }) => {
      if (code !== 'invalid_union') return undefined;
      const type = (input as { readonly type?: unknown } | undefined)?.type;
      if (type === undefined) return 'missing required field `type`';
      const name = typeof type === 'string' ? type : JSON.stringify(type);
      const hint = Object.hasOwn(notHere, name) ? notHere[name] : undefined;
      return hint === undefined ? `unsupported type '${name}'` : `${name} ${hint}`;
    },
  },
);

/** The key `operators`: what is done with each record, in this order. */
export const operatorsSchema: z.ZodType<readonly OperatorSettings[], readonly OperatorConfig[]> = z
  .array(operator)
  .readonly()
  .superRefine((operators, context) => {
    const ids = new Map<string, number>();
    for (const [i, { id }] of operators.entries()) {
      if (id === undefined) continue;
      if (ids.has(id))
        context.addIssue({
          code: 'custom',
          path: [i, 'id'],
          message: `operator with id '${id}' already exists`,
        });
      ids.set(id, i);
    }
    const known = idsOf(operators);
    for (const [i, each] of operators.entries()) {
      for (const [path, output] of outputsOf(each)) {
        const target = known.indexOf(output);
        const message =
          target < 0
            ? `operator '${output}' does not exist`
            : target <= i
              ? `operator '${output}' stands before this one: records would go in circles`
              : undefined;
        if (message !== undefined) context.addIssue({ code: 'custom', path: [i, ...path], message });
      }
    }
  });

/** The id of each: its own, or its type, with a number from the second on. */
export function idsOf(
  operators: readonly { readonly id?: string | undefined; readonly type: string }[],
): string[] {
  const taken = new Set(operators.flatMap(({ id }) => id ?? []));
  return operators.map(({ id, type }) => {
    if (id !== undefined) return id;
    let made = type;
    for (let i = 1; taken.has(made); i++) made = `${type}${i}`;
    taken.add(made);
    return made;
  });
}

/** What an operator names as its next ones, and where. */
export function outputsOf(
  operator: AnyOperatorSettings,
): (readonly [path: readonly (string | number)[], id: string])[] {
  if (operator.type !== 'router') return (operator.output ?? []).map((id) => [['output'], id] as const);
  return [
    ...operator.routes.flatMap(({ output }, i) => output.map((id) => [['routes', i, 'output'], id] as const)),
    ...(operator.default ?? []).map((id) => [['default'], id] as const),
  ];
}
