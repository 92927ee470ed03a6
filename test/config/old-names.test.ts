import { createCollector } from '@tributary/collector';
import type { Logger } from '@tributary/component';
import { loadConfig } from '@tributary/config';
import { expect, it } from 'vitest';
import { components } from './components.js';
import { correct } from './corpus.js';

/** What is logged while the collector of a configuration is made. */
async function logged(name: string): Promise<unknown[]> {
  const lines: unknown[] = [];
  const as =
    (level: string): Logger['info'] =>
    (message, fields) =>
      lines.push([level, message, fields?.['otelcol.component.id']]);
  const logger = { debug: as('debug'), info: as('info'), warn: as('warn'), error: as('error') };
  const options = await loadConfig([`${correct}/${name}.yaml`], { components });
  createCollector({ ...options, runtime: { logger } });
  return lines;
}

it.each([
  [
    'old-names',
    [
      ['warn', '"otlp" alias is deprecated; use "otlp_grpc" instead', 'otlp'],
      ['warn', '"otlphttp" alias is deprecated; use "otlp_http" instead', 'otlphttp'],
    ],
  ],
  ['old-and-new-name', [['warn', '"otlp" alias is deprecated; use "otlp_grpc" instead', 'otlp']]],
  ['smallest', []],
])('the log has a line for each component of %s that goes by an older name', async (name, expected) => {
  expect(await logged(name)).toEqual(expected);
});
