import { defineExporter, definitionOf } from '@tributary/component';
import { batch } from '@tributary/processor-batch';
import { otlpExporter } from '@tributary/exporter-otlp';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EffectiveConfig } from '../../packages/cli/src/effective-config.js';
import type { Plain } from '../../packages/cli/src/to-yaml.js';
import { lossesOf } from '../../packages/cli/src/validate/losses.js';
import { keyDocs } from '../../packages/distribution/src/generated/key-docs.js';
import { cli, fileForTest, told } from './support.js';

const docs = async () => keyDocs;

/** A configuration with one pipeline of traces. */
function withPipeline(processors: string, exporters: string, components: string): string {
  return `
receivers:
  otlp: { protocols: { grpc: { endpoint: "127.0.0.1:0" } } }
${components}
service:
  pipelines:
    traces: { receivers: [otlp], processors: [${processors}], exporters: [${exporters}] }
`;
}

const limiter = 'memory_limiter: { check_interval: 1s, limit_mib: 512 }';
const backend = (more = ''): string => `  otlp_grpc: { endpoint: "localhost:1"${more} }`;

function component(section: string, id: string, factory: object, config: Readonly<Record<string, Plain>>) {
  return { section, id, definition: definitionOf(factory), config };
}

async function warningsOf(text: string): Promise<string[]> {
  const { code, stdout, stderr } = await cli(['validate', '--config', fileForTest(text)]);
  expect([code, stdout]).toEqual([0, '']);
  return told(stderr);
}

describe('validate', () => {
  it('is silent where everything is right', async () => {
    const text = withPipeline(
      'memory_limiter, batch',
      'otlp_grpc',
      `processors:\n  ${limiter}\n  batch:\nexporters:\n${backend()}`,
    );
    expect(await warningsOf(text)).toEqual([]);
  });

  it('names everything that is wrong, with places', async () => {
    const text = withPipeline(
      'batch',
      'nop',
      'processors: { batch: { timout: 1s } }\nexporters: { nop: , deebug: }',
    );
    const { code, stderr } = await cli(['validate', '--config', fileForTest(text)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: invalid configuration\n\n/);
    expect(told(stderr)).toEqual([
      'unknown-key processors.batch.timout',
      'unknown-component exporters.deebug',
    ]);
    expect(stderr).toMatch(/config\.yaml:4:\d+: error\[unknown-key\]/);
  });

  it('makes every component: what one has to say against that is said', async () => {
    const picky = defineExporter({
      type: 'picky',
      config: z.strictObject({}),
      traces: () => {
        throw new Error('not on this machine');
      },
    });
    const text = withPipeline('', 'picky', 'exporters: { picky: }');
    const { code, stderr } = await cli(['validate', '--config', fileForTest(text)], {
      components: [otlpReceiver, picky],
    });
    expect([code, stderr]).toEqual([
      1,
      'Error: failed to create "picky" exporter for data type "traces": not on this machine\n',
    ]);
  });
});

describe('validate warns of what loses data', () => {
  it.each([
    [
      'a memory limiter behind another processor',
      withPipeline(
        'batch, memory_limiter',
        'nop',
        `processors:\n  batch:\n  ${limiter}\nexporters: { nop: }`,
      ),
      ['memory-limiter-not-first service.pipelines.traces.processors.1'],
    ],
    [
      'retries while the caller waits',
      withPipeline('', 'otlp_grpc', `exporters:\n${backend(', sending_queue: { enabled: false }')}`),
      ['retry-without-queue exporters.otlp_grpc.sending_queue.enabled'],
    ],
    [
      'nothing where a batch answers the caller before that',
      withPipeline(
        'batch',
        'otlp_grpc',
        `processors: { batch: }\nexporters:\n${backend(', sending_queue: { enabled: false }')}`,
      ),
      [],
    ],
    [
      'nothing where nothing is sent again',
      withPipeline(
        '',
        'otlp_grpc',
        `exporters:\n${backend(', sending_queue: { enabled: false }, retry_on_failure: { enabled: false }')}`,
      ),
      [],
    ],
    [
      'a batch that a stock receiver refuses',
      withPipeline(
        'batch',
        'otlp_grpc',
        `processors: { batch: { send_batch_size: 9000 } }\nexporters:\n${backend()}`,
      ),
      ['batch-too-large processors.batch.send_batch_size'],
    ],
    [
      'the larger of the two sizes',
      withPipeline(
        'batch',
        'otlp_grpc',
        `processors: { batch: { send_batch_size: 1000, send_batch_max_size: 20000 } }\nexporters:\n${backend()}`,
      ),
      ['batch-too-large processors.batch.send_batch_max_size'],
    ],
    [
      'nothing where bytes bound the batch',
      withPipeline(
        'batch',
        'otlp_grpc',
        `processors: { batch: { send_batch_size: 9000, send_batch_size_bytes: 1000000 } }\nexporters:\n${backend()}`,
      ),
      [],
    ],
    [
      'a queue that batches as much',
      withPipeline(
        '',
        'otlp_grpc',
        `exporters:\n${backend(', sending_queue: { batch: { min_size: 100, max_size: 50000 } }')}`,
      ),
      ['batch-too-large exporters.otlp_grpc.sending_queue.batch.max_size'],
    ],
    [
      'a batch in front of a queue that batches',
      withPipeline(
        'batch',
        'otlp_grpc',
        `processors: { batch: }\nexporters:\n${backend(', sending_queue: { batch: {} }')}`,
      ),
      ['batched-twice service.pipelines.traces.processors.0'],
    ],
    [
      'two batches',
      withPipeline('batch, batch/again', 'nop', 'processors: { batch: , batch/again: }\nexporters: { nop: }'),
      ['batched-twice service.pipelines.traces.processors.1'],
    ],
  ])('%s', async (_, text, expected) => {
    expect(await warningsOf(text)).toEqual(expected);
  });

  it.each([
    ['and says so', false, ['batch-before-persistent-queue']],
    ['unless callers wait for the result', true, []],
  ])('a batch before a queue on a disk, %s', (_, waits, expected) => {
    const written = {
      service: { pipelines: { traces: { receivers: [], processors: ['batch'], exporters: ['otlp'] } } },
    };
    const config = new EffectiveConfig(written, [
      component('processors', 'batch', batch, { wait_for_result: waits }),
      component('exporters', 'otlp', otlpExporter, {
        sending_queue: { enabled: true, storage: 'file_storage' },
      }),
    ]);
    expect(lossesOf(config).map(({ code }) => code)).toEqual(expected);
  });

  it('shows the place, and says what to do', async () => {
    const text = withPipeline(
      'batch',
      'otlp_grpc',
      `processors: { batch: { send_batch_size: 9000 } }\nexporters:\n${backend()}`,
    );
    const { stderr } = await cli(['validate', '--config', fileForTest(text)]);
    expect(stderr).toContain(
      'config.yaml:4:24: warning[batch-too-large]: processors.batch.send_batch_size: ',
    );
    expect(stderr).toContain('  help: set send_batch_size to at most 8192');
  });
});

describe('validate --portable', () => {
  const own = withPipeline(
    'batch',
    'nop',
    'processors: { batch: { timeout: 1s, max_held_bytes: 1000000 } }\nexporters: { nop: }',
  ).replace('protocols:', 'repair_utf8: false, protocols:');

  it('names the keys that the Collector does not know', async () => {
    const { code, stderr } = await cli(['validate', '--portable', '--config', fileForTest(own)], { docs });
    expect(told(stderr)).toEqual([
      'not-portable receivers.otlp.repair_utf8',
      'not-portable processors.batch.max_held_bytes',
    ]);
    expect(code).toBe(1);
  });

  it('names the values that it does not know', async () => {
    const sized = {
      ...keyDocs,
      'processor/batch': {
        ...keyDocs['processor/batch'],
        timeout: { doc: "Longest wait. Ours: `'1s'`, `'2s'`. Default `'200ms'`.", type: 'duration' },
      },
    };
    const toldOf = async (timeout: string): Promise<string[]> => {
      const file = fileForTest(own.replace('timeout: 1s', `timeout: ${timeout}`));
      const argv = ['validate', '--portable', '--config', file];
      return told((await cli(argv, { docs: async () => sized })).stderr);
    };
    const keys = ['not-portable receivers.otlp.repair_utf8', 'not-portable processors.batch.max_held_bytes'];
    expect(await toldOf('3s')).toEqual(keys);
    expect(await toldOf('2s')).toEqual(keys.toSpliced(1, 0, 'not-portable processors.batch.timeout'));
  });

  it.each([
    ['a number', '007', true],
    ['a truth', 'true', true],
    ['a date', '2001-12-14', true],
    ['a number in quotes', '"007"', false],
    ['a date in quotes', '"2001-12-14"', false],
    ['a number that a variable holds', '"${env:N}"', false],
    ['text', 'abc', false],
  ])('names %s where text is wanted: %s', async (_, value, isTold) => {
    const text = withPipeline('', 'otlp_grpc', `exporters:\n${backend(`, headers: { x-shard: ${value} }`)}`);
    const argv = ['validate', '--portable', '--config', fileForTest(text)];
    const { stderr } = await cli(argv, { docs, env: { N: '007' } });
    expect(told(stderr)).toEqual(isTold ? ['not-portable exporters.otlp_grpc.headers.x-shard'] : []);
  });

  it('does not name a zero where a duration is wanted', async () => {
    const text = withPipeline('', 'otlp_grpc', `exporters:\n${backend(', timeout: 0')}`);
    const argv = ['validate', '--portable', '--config', fileForTest(text)];
    expect(await cli(argv, { docs })).toMatchObject({ code: 0, stderr: '' });
  });

  it('names what is behind a gate there', async () => {
    const text = withPipeline(
      '',
      'nop',
      'exporters: { nop: }\nextensions: { health_check: { use_v2: true, grpc: } }',
    )
      .replace('service:', 'service:\n  extensions: [health_check]')
      .replace('traces:', 'profiles:');
    const { stderr } = await cli(['validate', '--portable', '--config', fileForTest(text)], { docs });
    expect(told(stderr)).toEqual([
      'not-portable extensions.health_check.use_v2',
      'not-portable service.pipelines.profiles',
    ]);
    expect(stderr).toContain('run it with --feature-gates=service.profilesSupport');
  });

  it('is silent without them', async () => {
    const text = withPipeline('batch', 'nop', 'processors: { batch: { timeout: 1s } }\nexporters: { nop: }');
    expect(await cli(['validate', '--portable', '--config', fileForTest(text)], { docs })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('is not asked for without the flag', async () => {
    expect(await cli(['validate', '--config', fileForTest(own)], { docs })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });

  it('names components that are the program’s own', async () => {
    const { 'processor/batch': _, ...others } = keyDocs;
    const { stderr } = await cli(['validate', '--portable', '--config', fileForTest(own)], {
      docs: async () => others,
    });
    expect(told(stderr)).toEqual([
      'not-portable receivers.otlp.repair_utf8',
      'not-portable processors.batch',
    ]);
  });

  it('needs the documentation of the keys', async () => {
    expect(await cli(['validate', '--portable', '--config', fileForTest(own)])).toMatchObject({
      code: 1,
      stderr: 'Error: acme has no documentation of keys, which --portable needs\n',
    });
  });
});
