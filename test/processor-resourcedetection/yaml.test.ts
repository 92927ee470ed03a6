import { createCollector } from '@tributary/collector';
import { loadConfig } from '@tributary/config';
import { createResourceDetection } from '@tributary/processor-resourcedetection';
import {
  memoryExporter,
  sampleLogs,
  sampleMetrics,
  sampleTraces,
  testReceiver,
  type MemorySink,
  type TestSource,
} from '@tributary/testkit';
import { expect, it } from 'vitest';
import { parseMarkdown } from '../support/markdown.js';
import { readText } from '../support/repository-files.js';
import { nowhere } from './support.js';

const surroundings = {
  env: { OTEL_RESOURCE_ATTRIBUTES: 'team=shop' },
  hostname: () => 'web-1',
  platform: 'linux',
  endpoints: nowhere,
};

/** The block of this processor, unchanged. */
function sectionOf(yaml: string): string {
  return /^  resource_?detection:\n(?: {4}.*\n)+/m.exec(`${yaml}\n`)![0];
}

it.each([
  ['the documentation', 'test/config/fixtures/agent.yaml', 'resourcedetection'],
  ['the README', 'packages/processor-resourcedetection/README.md', 'resource_detection'],
])('the section of %s runs in three pipelines as it stands, without Docker', async (_, file, id) => {
  const text = readText(file);
  const yaml = file.endsWith('.md')
    ? parseMarkdown(text).blocks.find(({ info }) => info === 'yaml')!.code
    : text;
  const pipeline = `{ receivers: [test], processors: [${id}], exporters: [memory] }`;
  const config = [
    'receivers: { test: {} }',
    `processors:\n${sectionOf(yaml)}`,
    'exporters: { memory: {} }',
    `service: { pipelines: { traces: ${pipeline}, metrics: ${pipeline}, logs: ${pipeline} } }`,
  ].join('\n');
  const components = [testReceiver, memoryExporter, createResourceDetection(surroundings)];
  const options = await loadConfig([`yaml:${config}`], { components, env: {} });
  const lines: string[] = [];
  const note = (message: string, fields?: object): void =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger = { debug: note, info: note, warn: note, error: note };
  await using collector = createCollector({ ...options, runtime: { logger } });
  await collector.start();
  const source = options.pipelines.traces!.receivers[0] as unknown as TestSource;
  const sink = options.pipelines.traces!.exporters[0] as unknown as MemorySink;
  await source.send(sampleTraces({ spans: 1 }));
  await source.send(sampleMetrics({ dataPoints: 1 }));
  await source.send(sampleLogs({ records: 1 }));
  const found = { 'os.type': 'linux', team: 'shop' };
  for (const [record] of [sink.traces, sink.metrics, sink.logs]) {
    expect(Object.fromEntries(record!.resource.attributes)).toMatchObject(found);
  }
  // Once for the three of them.
  expect(lines.filter((line) => line.includes('no Docker daemon at'))).toHaveLength(1);
});
