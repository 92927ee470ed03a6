import { spawnSync } from 'node:child_process';
import { sampleTraces } from '@tributary/testkit';
import { expect, it } from 'vitest';
import { pull, scrape, telling } from './support.js';

const promtool = process.env['PROMTOOL'] ?? 'promtool';
const found = spawnSync(promtool, ['--version']).status === 0;

it.skipIf(!found && process.env['CI'] === undefined)(
  `promtool can read a scrape${found ? '' : ' (skipped: there is no promtool; Debian has it in the package prometheus)'}`,
  async () => {
    const units = { without_units: false, without_type_suffix: false, without_scope_info: false };
    for (const options of [{}, { ...units, with_resource_constant_labels: {} }]) {
      const { collector, source } = await telling({ metrics: { level: 'detailed', ...pull(options) } });
      await source.send(sampleTraces({ spans: 3 }));
      const { text } = await scrape(collector);
      const { status, stderr } = spawnSync(promtool, ['check', 'metrics'], {
        input: text,
        encoding: 'utf8',
      });
      // 1: it cannot be read. 3: it has opinions on names, and the default ones are the Collector's.
      expect([status === 0 || status === 3, stderr]).toEqual([true, stderr]);
    }
  },
);
