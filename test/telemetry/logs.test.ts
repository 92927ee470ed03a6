import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createCollector, type TelemetryLogsConfig } from '@tributary/collector';
import { defineExtension, type Logger } from '@tributary/component';
import { memoryExporter, testReceiver, virtualClock } from '@tributary/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { silent, telling } from './support.js';

/** A file for the time of a test. */
async function temporaryFile(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tributary-log-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return path.join(folder, 'collector.log');
}

const talker = defineExtension({
  type: 'talker',
  config: z.strictObject({ talk: z.custom<(logger: Logger) => void>() }),
  create: ({ config, logger }) => ({ start: () => config.talk(logger) }),
});

/** What a component's words are in the log file of a collector, without those of the engine. */
async function written(
  logs: TelemetryLogsConfig,
  talk: (logger: Logger) => void,
  more: Parameters<typeof telling>[0] = {},
): Promise<string> {
  const file = await temporaryFile();
  const { collector } = await telling(
    { logs: { output_paths: [file], disable_zap_resource: true, ...logs }, ...more },
    { clock: virtualClock(), random: () => 0 },
    { extensions: [talker({ talk })] },
  );
  await collector.shutdown();
  const text = await readFile(file, 'utf8');
  const engine = /^.*(Starting |Everything is ready|Shutdown complete|Internal metrics).*\n/gm;
  return text.replace(engine, '');
}

const of = '"otelcol.component.kind": "extension", "otelcol.component.id": "talker"';

describe('a line for people', () => {
  it('has time, level, message and fields, separated by tabs', async () => {
    const text = await written({}, (logger) => logger.warn('Said once', { times: 1, why: ['a', null] }));
    expect(text).toBe(`2026-01-01T00:00:00.000Z\twarn\tSaid once\t{${of}, "times": 1, "why": ["a", null]}\n`);
  });

  it('tells an error by its message, and at error level its stack below', async () => {
    const error = new TypeError('bad');
    const text = await written({}, (logger) => {
      logger.warn('first', { error });
      logger.error('second', { error });
    });
    const lines = text.split('\n');
    expect(lines[0]).toContain(`first\t{${of}, "error": "bad"}`);
    expect(lines[1]).toContain(`second\t{${of}, "error": "bad"}`);
    expect(lines.slice(2).join('\n')).toBe(`${error.stack}\n`);
  });

  it('has the stack from warn on in development, and never if it is disabled', async () => {
    const talk = (logger: Logger): void => {
      logger.info('i', { error: new Error('x') });
      logger.warn('w', { error: new Error('x') });
    };
    expect((await written({ development: true }, talk)).match(/^Error: x$/gm)).toHaveLength(1);
    expect(await written({ development: true, disable_stacktrace: true }, talk)).not.toMatch(/^Error: x$/m);
  });

  it('has the resource, and the fields that each line has', async () => {
    const text = await written(
      { disable_zap_resource: false, initial_fields: { zone: 'a' } },
      (logger) => logger.info('hello'),
      { resource: { 'service.instance.id': null, team: 'x' } },
    );
    expect(text).toContain(
      '\tinfo\thello\t{"resource": {"service.name": "tributary", "service.version": "0.0.0", "team": "x"}, ' +
        `"zone": "a", ${of}}\n`,
    );
    expect(text).toContain('\twarn\tUsing legacy service.telemetry.resource inline map format; ');
  });
});

it('a line for programs is JSON with the names of zap', async () => {
  const text = await written({ encoding: 'json' }, (logger) =>
    logger.error('bad', { error: new Error('x'), big: 1n, nan: NaN, since: new Date(0), none: undefined }),
  );
  const line = JSON.parse(text) as Record<string, unknown>;
  expect(Object.keys(line).slice(0, 3)).toEqual(['level', 'ts', 'msg']);
  expect(line).toEqual({
    level: 'error',
    ts: '2026-01-01T00:00:00.000Z',
    msg: 'bad',
    'otelcol.component.kind': 'extension',
    'otelcol.component.id': 'talker',
    error: 'x',
    big: '1',
    nan: 'NaN',
    since: '1970-01-01T00:00:00.000Z',
    stacktrace: expect.stringContaining('Error: x\n'),
  });
});

it('fields that hold themselves, and headers, are written as far as they may be', async () => {
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  const headers = { authorization: 'Bearer secret', 'x-tenant': 'secret' };
  const text = await written({ encoding: 'json' }, (logger) =>
    logger.info('x', { loop, headers, metadata: new Map([['token', ['secret']]]), Headers: 'a: secret' }),
  );
  expect(text).not.toContain('secret');
  expect(JSON.parse(text)).toMatchObject({
    headers: { authorization: '[REDACTED]', 'x-tenant': '[REDACTED]' },
    metadata: { token: '[REDACTED]' },
    Headers: '[REDACTED]',
    loop: { self: { self: {} } },
  });
});

describe('the level', () => {
  const talk = (logger: Logger): void => {
    logger.debug('d');
    logger.info('i');
    logger.warn('w');
    logger.error('e');
  };
  it.each([
    ['DEBUG', 4],
    ['info', 3],
    ['Warn', 2],
    ['error', 1],
    ['dpanic', 0],
    ['fatal', 0],
  ])('%s lets %i of four lines through', async (level, count) => {
    const text = await written({ level: level as 'info' }, talk);
    expect(text.split('\n')).toHaveLength(count + 1);
  });
});

describe('sampling', () => {
  /** How many of so many lines are written, in each of the given seconds. */
  async function counts(logs: TelemetryLogsConfig, lines: number, fields = {}): Promise<number[]> {
    const clock = virtualClock();
    const seen: number[] = [];
    let logger!: Logger;
    let count = 0;
    const own: Logger = { ...silent, warn: () => count++ };
    await telling(
      { logs },
      { clock, logger: own },
      { extensions: [talker({ talk: (given) => (logger = given) })] },
    );
    for (const wait of [0, 9999, 1]) {
      await clock.advance(wait);
      count = 0;
      for (let i = 0; i < lines; i++) logger.warn('again', fields);
      seen.push(count);
    }
    return seen;
  }

  it('writes the first ten of a message, then one in a hundred, anew in each tick', async () => {
    expect(await counts({}, 500)).toEqual([14, 5, 14]);
  });

  it('goes by what it is told', async () => {
    expect(await counts({ sampling: { tick: '1s', initial: 2, thereafter: 3 } }, 8)).toEqual([4, 4, 2]);
    expect(await counts({ sampling: { initial: 1, thereafter: 0 } }, 8)).toEqual([1, 0, 1]);
    expect(await counts({ sampling: { enabled: false } }, 500)).toEqual([500, 500, 500]);
  });

  it('never leaves out a line that names dropped items', async () => {
    expect(await counts({}, 500, { dropped_items: 1 })).toEqual([500, 500, 500]);
  });

  it('counts each level and each message by itself', async () => {
    const lines: string[] = [];
    const keep = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
    const talk = (logger: Logger): void => {
      for (let i = 0; i < 3; i++) {
        logger.warn('a');
        logger.warn('b');
        logger.error('a');
      }
    };
    await telling(
      { logs: { sampling: { initial: 2, thereafter: 0 } } },
      { logger: { ...silent, warn: keep('warn'), error: keep('error') } },
      { extensions: [talker({ talk })] },
    );
    expect(lines.sort()).toEqual(['error a', 'error a', 'warn a', 'warn a', 'warn b', 'warn b']);
  });
});

describe('where lines go', () => {
  it('is a file by its URL too, and as many as there are', async () => {
    const [first, second] = [await temporaryFile(), await temporaryFile()];
    const { collector } = await telling({ logs: { output_paths: [first, pathToFileURL(second).href] } }, {});
    await collector.shutdown();
    const texts = await Promise.all([first, second].map((file) => readFile(file, 'utf8')));
    expect(texts[0]).toContain('Everything is ready. Begin running and processing data.');
    expect(texts[1]).toBe(texts[0]);
  });

  it('is told at the start where a file cannot be opened', async () => {
    await expect(telling({ logs: { output_paths: ['/no/such/folder/x.log'] } }, {})).rejects.toThrow(
      "failed to start telemetry: ENOENT: no such file or directory, open '/no/such/folder/x.log'",
    );
  });

  it('is the logger of the program in place of the outputs, after level and sampling', async () => {
    const lines: unknown[] = [];
    const logger: Logger = { ...silent, info: (...line) => void lines.push(line) };
    await telling({ logs: { initial_fields: { zone: 'a' } } }, { logger });
    expect(lines[0]).toEqual([
      'Starting tributary...',
      { zone: 'a', Version: '0.0.0', NumCPU: expect.any(Number) },
    ]);
  });

  it('is stderr, or stdout, at once', () => {
    const program = `
      import { createCollector } from '@tributary/collector';
      import { memoryExporter, testReceiver } from '@tributary/testkit';
      const collector = createCollector({
        telemetry: { logs: { output_paths: ['stdout', 'stderr'] } },
        pipelines: { traces: { receivers: [testReceiver()], exporters: [memoryExporter()] } },
      });
      await collector.start();
      process.exit();
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(stdout).toMatch(
      /Z\tinfo\tStarting tributary\.\.\.\t.*\n.*Begin running and processing data\.\t.*\n$/,
    );
    expect(stderr).toBe(stdout);
  });

  it('is said to fail where the errors go', async () => {
    const file = await temporaryFile();
    const { collector } = await telling(
      { logs: { output_paths: ['/dev/full'], error_output_paths: [file] } },
      { clock: virtualClock() },
    );
    await collector.shutdown();
    expect(await readFile(file, 'utf8')).toContain('Z write error: /dev/full: ENOSPC');
  });
});

it('start and end are told in the words of the Collector', async () => {
  const lines: string[] = [];
  const { collector } = await telling(
    { logs: {} },
    { logger: { ...silent, info: (message) => lines.push(message) } },
    { buildInfo: { command: 'mine' } },
  );
  await collector.shutdown();
  expect(lines).toEqual([
    'Starting mine...',
    'Everything is ready. Begin running and processing data.',
    'Starting shutdown...',
    'Shutdown complete.',
  ]);
});

it('a collector that never started says nothing of its end', async () => {
  const lines: string[] = [];
  const parts = { receivers: [testReceiver()], exporters: [memoryExporter()] };
  const logger = { ...silent, info: (message: string) => lines.push(message) };
  await createCollector({ runtime: { logger }, pipelines: { traces: parts } }).shutdown();
  expect(lines).toEqual([]);
});
