import {
  defineConnector,
  defineExporter,
  defineExtension,
  defineProcessor,
  defineReceiver,
  duration,
  extensionRef,
  notOffered,
  optionalSection,
} from '@tributary/component';
import { z } from 'zod';
import { inspectConfig, type InspectedConfig } from '../src/load.js';
import type { ComponentEntry } from '../src/components.js';

const nothing = z.strictObject({});
const part = (): object => ({});
const sink = (): { consume(): void } => ({ consume() {} });

/** What an exporter may be told: a key of each kind. */
export const outConfig = z.strictObject({
  endpoint: z.string(),
  timeout: duration().prefault('5s'),
  level: z.enum(['basic', 'detailed']).default('basic'),
  size: z.int().min(1).default(10),
  verbose: z.boolean().default(false),
  headers: z.record(z.string(), z.string()).default({}),
  tags: z.array(z.string()).default([]),
  queue: z.strictObject({ enabled: z.boolean().default(true), queue_size: z.int().default(1) }).prefault({}),
  tls: optionalSection(z.strictObject({ ca_file: z.string().optional() }), 'on').optional(),
  storage: extensionRef<object>().optional(),
  auth: notOffered,
});

export const components: readonly ComponentEntry[] = [
  defineReceiver({ type: 'in', config: nothing, traces: part, metrics: part }),
  defineProcessor({ type: 'group', config: nothing, traces: sink, metrics: sink }),
  defineExporter({ type: 'out', aliases: ['old_out'], config: outConfig, traces: sink, metrics: sink }),
  defineExporter({ type: 'spans', config: nothing, traces: sink }),
  defineConnector({ type: 'forward', config: nothing, traces: { traces: sink }, metrics: { metrics: sink } }),
  defineConnector({ type: 'count', config: nothing, traces: { metrics: sink } }),
  defineExtension({
    type: 'store',
    config: z.strictObject({ below: extensionRef<object>().optional() }),
    create: part,
  }),
];

/** Loads a text as `test.yaml`. */
export function inspect(
  text: string,
  settings: {
    readonly env?: Readonly<Record<string, string>>;
    readonly components?: readonly ComponentEntry[];
  } = {},
): Promise<InspectedConfig> {
  return inspectConfig(['test.yaml'], {
    components,
    env: {},
    fs: { readFile: (() => Promise.resolve(Buffer.from(text))) as never },
    ...settings,
  });
}

/** What is said of a text, a line each: `error[code] path: message (hint) @ marked text`. */
export async function told(...args: Parameters<typeof inspect>): Promise<string[]> {
  const { diagnostics } = await inspect(...args);
  return diagnostics.map(({ code, severity, path, message, hint, place }) => {
    const marked = place?.source.text.slice(place.start, place.end).split('\n', 1)[0];
    const at = marked === undefined || marked === '' ? '' : ` @ ${marked}`;
    return `${severity}[${code}] ${path.join('.')}: ${message}${hint === undefined ? '' : ` (${hint})`}${at}`;
  });
}

/** A whole configuration around what an exporter is told. */
export function withOut(config: string): string {
  const indented = config.replace(/^(?=.)/gm, '    ');
  return `receivers: { in: }
exporters:
  out:
${indented}
service: { pipelines: { traces: { receivers: [in], exporters: [out] } } }
`;
}
