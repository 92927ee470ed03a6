import { readFileSync } from 'node:fs';
import { definitionOf, type AnyFactory } from '@tributary/component';
import { otlpExporter } from '@tributary/exporter-otlp';
import { otlpHttpExporter } from '@tributary/exporter-otlphttp';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { expect, it } from 'vitest';
import type { z } from 'zod';

/** The parts of zod's definitions that lead to a section. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly out?: z.ZodType;
}

const definitionIn = (schema: z.ZodType): Definition => schema._zod.def;

/** What takes the input, below `optional`, `prefault` and transforms. */
function inner(schema: z.ZodType): Definition {
  const { innerType, in: input, out, ...definition } = definitionIn(schema);
  const below = input !== undefined && definitionIn(input).type === 'transform' ? out : (innerType ?? input);
  return below === undefined ? definition : inner(below);
}

/** All keys that a schema takes, nested ones with dots; those that are refused by name are not among them. */
function keysOf(schema: z.ZodType, prefix = ''): string[] {
  return Object.entries(inner(schema).shape ?? {}).flatMap(([key, value]) =>
    inner(value).type === 'undefined' || inner(value).type === 'never'
      ? []
      : [`${prefix}${key}`, ...keysOf(value, `${prefix}${key}.`)],
  );
}

/** The keys in the table of a README, which is written from the config interface. */
function keysInReadme(name: string): string[] {
  const text = readFileSync(new URL(`../../packages/${name}/README.md`, import.meta.url), 'utf8');
  const [, table = ''] = /<!-- options -->([\s\S]*)<!-- \/options -->/.exec(text) ?? [];
  return [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key]) => key!);
}

it.each<[string, AnyFactory, number]>([
  ['receiver-otlp', otlpReceiver, 40],
  ['exporter-otlp', otlpExporter, 20],
  ['exporter-otlphttp', otlpHttpExporter, 20],
])('%s takes the keys that it documents, and no others', (name, factory, least) => {
  const keys = keysOf(definitionOf(factory).config);
  expect(keys.length).toBeGreaterThan(least);
  expect(keys.sort()).toEqual(keysInReadme(name).sort());
});
