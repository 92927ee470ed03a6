import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { createCollector, type Collector, type CollectorOptions } from '@tributary/collector';
import { defineProcessor } from '@tributary/component';
import { otlpExporter } from '@tributary/exporter-otlp';
import { otlpHttpExporter } from '@tributary/exporter-otlphttp';
import { batch } from '@tributary/processor-batch';
import { memoryLimiter } from '@tributary/processor-memorylimiter';
import { otlpReceiver } from '@tributary/receiver-otlp';
import { memoryExporter, sampleTraces, testReceiver, testServer, virtualClock } from '@tributary/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { keyDocs } from '../../packages/distribution/src/generated/key-docs.js';
import { post, protobuf } from '../receiver-otlp/support.js';
import { parseMarkdown } from '../support/markdown.js';
import { readText } from '../support/repository-files.js';
import { repositoryRoot } from '../support/tree.js';
import { cli, told, type Outcome } from './support.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A collector whose figures are told on a free port, until the test has finished. */
async function running(options: CollectorOptions, host = 'localhost'): Promise<Collector> {
  const collector = createCollector({
    telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host, port: 0 } } } }] } },
    ...options,
    runtime: { logger: silent, ...options.runtime },
  });
  onTestFinished(() => collector.shutdown({ graceMs: 0 }));
  await collector.start();
  return collector;
}

const small = (): CollectorOptions => ({
  pipelines: { traces: { receivers: [testReceiver()], exporters: [memoryExporter()] } },
});

function endpointOf(collector: Collector): string {
  const address = collector.addresses()['service.telemetry']!['prometheus']!;
  return `http://${address.replace('0.0.0.0', '127.0.0.1')}`;
}

const topOnce = (endpoint: string): Promise<Outcome> => cli(['top', '--once', '--endpoint', endpoint]);

/** A server that answers everything in one way, until the test has finished. */
async function answering(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('top --once', () => {
  it('prints what stands in the README', async () => {
    const server = await testServer();
    onTestFinished(() => server.close());
    const clock = virtualClock();
    const otlp = otlpReceiver({ protocols: { http: { endpoint: '127.0.0.1:0' } } });
    const collector = await running({
      runtime: { clock },
      pipelines: {
        traces: {
          receivers: [otlp],
          processors: [memoryLimiter({ check_interval: '1s', limit_mib: 100_000 }), batch({ timeout: '0s' })],
          exporters: [
            // Nobody listens there.
            otlpHttpExporter({ endpoint: 'http://127.0.0.1:1' }),
            otlpExporter({ endpoint: server.grpc, tls: { insecure: true } }),
          ],
        },
      },
    });
    await clock.advance('200s');
    const { http } = collector.addresses()['otlp']!;
    for (let i = 0; i < 3; i++) {
      await post(`http://${http}/v1/traces`, sampleTraces({ spans: 400 }).toBytes(), protobuf);
    }
    const isSent = (): boolean =>
      collector
        .balance()
        .components.some(({ component, passed }) => component === 'otlp_grpc' && passed === 1200);
    while (!isSent()) await turn();

    const { code, stdout, stderr } = await topOnce(endpointOf(collector));
    expect([code, stderr]).toEqual([0, '']);
    const [shown] = parseMarkdown(readText('packages/cli/README.md')).blocks.filter(({ code: text }) =>
      text.startsWith('$ tributary top --once\n'),
    );
    expect(stdout.replace(/localhost:\d+/, 'localhost:8888')).toBe(
      `${shown!.code.slice('$ tributary top --once\n'.length)}\n`,
    );
  });

  it('says which component does not add up', async () => {
    const lossy = defineProcessor({
      type: 'lossy',
      config: z.strictObject({}),
      traces: () => ({ consume() {} }),
    });
    const source = testReceiver();
    const collector = await running({
      pipelines: { traces: { receivers: [source], processors: [lossy()], exporters: [memoryExporter()] } },
    });
    await source.send(sampleTraces({ spans: 3 }));
    const { code, stdout } = await topOnce(endpointOf(collector));
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /\nThe books do not add up in 1 line:\nprocessor "lossy" in traces .* 3 items are lost\n/,
    );
  });

  it.each(['localhost:PORT', 'http://localhost:PORT/', 'http://127.0.0.1:PORT/balance', 'http://[::1]:PORT'])(
    'takes the endpoint as %s',
    async (text) => {
      const collector = await running(small());
      const { port } = new URL(endpointOf(collector));
      expect((await topOnce(text.replace('PORT', port))).code).toBe(0);
    },
  );
});

describe('what top cannot show', () => {
  it('is told where nobody listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await topOnce(`http://127.0.0.1:${port}`)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        `Error: cannot reach http://127.0.0.1:${port}: connection refused; ` +
        'does the collector run, and has it a metrics reader there?\n',
    });
  });

  it('is told where the reader is not bound to a loopback address', async () => {
    const endpoint = endpointOf(await running(small(), '0.0.0.0'));
    expect(await topOnce(endpoint)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        `Error: ${endpoint}/balance answered 404: the listener is not bound to a loopback address; ` +
        'service.telemetry.balance.enabled: true serves it here\n',
    });
  });

  it.each<[string, RequestListener, string]>([
    [
      'is not JSON',
      (_, reply) => reply.end('<html>\nhello'),
      'did not answer with the books of a collector: <html>',
    ],
    [
      'is other JSON',
      (_, reply) => reply.end('{"components":[]}'),
      'did not answer with the books of a collector: {"',
    ],
    ['is nothing', (_, reply) => reply.end(), 'did not answer with the books of a collector\n'],
    [
      'leads elsewhere',
      (_, reply) => reply.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      'answered 302\n',
    ],
    [
      'would write into the terminal',
      (_, reply) => reply.writeHead(500).end('\u001b[2Jno\u0007'),
      'answered 500: \ufffd[2Jno\ufffd\n',
    ],
    ['breaks off', (_, reply) => reply.socket!.destroy(), 'the connection was closed\n'],
    [
      'never ends',
      (_, reply) => {
        const fill = (): void => {
          while (!reply.destroyed && reply.write(' '.repeat(1 << 20)));
        };
        reply.on('drain', fill);
        fill();
      },
      'did not answer with the books of a collector\n',
    ],
  ])('is told where the answer %s', async (_, answer, problem) => {
    const { code, stdout, stderr } = await topOnce(await answering(answer));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Error: [^\n]*\n$/);
    expect(stderr).toContain(problem);
  });

  it.each([
    [['--endpoint', 'ftp://x'], 'invalid argument "ftp://x" for "--endpoint": must be a URL such as'],
    [['--endpoint', 'http://'], 'invalid argument "http://" for "--endpoint"'],
    [['--endpoint', 'http://me:secret@x'], 'a URL with a password is not taken'],
    [
      ['--interval', 'often'],
      'invalid argument "often" for "--interval": must be a duration of at least 100ms',
    ],
    [['--interval', '0s'], 'must be a duration of at least 100ms'],
    [['--config', 'x'], 'unknown flag: --config (not one of "acme top")'],
  ])('%j is a mistake', async (argv, problem) => {
    const { code, stderr } = await cli(['top', ...argv]);
    expect(code).toBe(1);
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain('secret');
  });
});

it('validate --portable tells that the key of the books is ours', async () => {
  const { code, stderr } = await cli(
    [
      'validate',
      '--portable',
      '--config',
      `yaml:
receivers: { otlp: { protocols: { grpc: } } }
exporters: { nop: }
service:
  telemetry: { balance: { enabled: true } }
  pipelines: { traces: { receivers: [otlp], exporters: [nop] } }`,
    ],
    { docs: async () => keyDocs },
  );
  expect([code, told(stderr)]).toEqual([1, ['not-portable service.telemetry.balance']]);
});

const hasScript = spawnSync('script', ['--version']).status === 0;
const program = path.join(repositoryRoot, 'packages/distribution/bin/tributary.js');

describe('top', () => {
  it.skipIf(!hasScript && process.env['CI'] === undefined).each([
    ['q', 'q'],
    ['Ctrl-C', '\u0003'],
  ])(
    `draws over a terminal until %s, and leaves it as it was${hasScript ? '' : ' (skipped: there is no script, of util-linux)'}`,
    async (_, key) => {
      const endpoint = endpointOf(await running(small()));
      const command = `"${process.execPath}" "${program}" top --interval 100ms --endpoint ${endpoint}`;
      // It gives a program a terminal.
      const child = spawn('script', ['-qec', command, '/dev/null'], { timeout: 30_000 });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)));
      const ended = once(child, 'close');
      const pictures = (): number => output.split('\u001b[H').length - 1;
      while (pictures() < 3 && child.exitCode === null)
        await Promise.race([once(child.stdout, 'data'), ended]);
      child.stdin.write(key);
      expect(await ended).toEqual([0, null]);
      expect(output.startsWith('\u001b[?1049h\u001b[?25l\u001b[H\u001b[1m')).toBe(true);
      expect(output.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
      expect(output).toContain(`at ${endpoint}, up`);
      expect(output).toContain('OFFERED/S');
    },
  );

  it('writes one picture below the other, without codes, where there is no terminal', async () => {
    const endpoint = endpointOf(await running(small()));
    const argv = [program, 'top', '--interval', '100ms', '--endpoint', endpoint];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)));
    const ended = once(child, 'close');
    while (output.split('FROM').length < 3 && child.exitCode === null) {
      await Promise.race([once(child.stdout, 'data'), ended]);
    }
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(output).toMatch(/\n\ntributary \S+ at /);
    expect(output).not.toContain('\u001b');
  });

  it('ends when nobody reads any more', async () => {
    const endpoint = endpointOf(await running(small()));
    const argv = [program, 'top', '--interval', '100ms', '--endpoint', endpoint];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 30_000 });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += String(chunk)));
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect([await ended, errors]).toEqual([[0, null], '']);
  });
});
