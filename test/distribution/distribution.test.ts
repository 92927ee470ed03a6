import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { definitionOf } from '@tributary/component';
import { components } from '@tributary/distribution';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keyDocs } from '../../packages/distribution/src/generated/key-docs.js';
import { Running } from '../cli/running.js';
import { repositoryRoot } from '../support/tree.js';

const bin = path.join(repositoryRoot, 'packages/distribution/bin/tributary.js');

describe('the list of all components', () => {
  it('has every component package', () => {
    const folders = readdirSync(path.join(repositoryRoot, 'packages')).filter((folder) =>
      /^(?:receiver|processor|exporter|connector|extension)-/.test(folder),
    );
    const source = readFileSync(path.join(repositoryRoot, 'packages/distribution/src/components.ts'), 'utf8');
    expect(folders.filter((folder) => !source.includes(`'@tributary/${folder}'`))).toEqual([]);
    expect(components).toHaveLength(folders.length);
  });

  it.each(components.map((entry) => [`${entry.kind} ${entry.type}`, entry] as const))(
    '%s is called what its package calls it',
    async (_, entry) => {
      if (!('load' in entry)) throw new Error('is imported at once');
      const { kind, type, aliases } = definitionOf(await entry.load());
      expect({ kind, type, aliases }).toEqual({
        kind: entry.kind,
        type: entry.type,
        aliases: entry.aliases ?? [],
      });
    },
  );

  it('has documentation of the keys of each', () => {
    const ids = components.map(({ kind, type }) => `${kind}/${type}`);
    expect(ids.filter((id) => keyDocs[id] === undefined)).toEqual([]);
  });
});

/** The packages that the command loads, ours by folder and others by name. */
function loadedBy(...argv: readonly string[]): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'tributary-distribution-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const log = path.join(folder, 'loads.txt');
  const hook = path.join(folder, 'hook.mjs');
  const loader = `
    import { appendFileSync } from 'node:fs';
    export function load(url, context, next) {
      appendFileSync(${JSON.stringify(log)}, url + '\\n');
      return next(url, context);
    }`;
  writeFileSync(
    hook,
    `import { register } from 'node:module'; register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(loader)}));`,
  );
  const { status, stderr } = spawnSync(process.execPath, ['--import', hook, bin, ...argv], {
    encoding: 'utf8',
    timeout: 40_000,
    killSignal: 'SIGKILL',
  });
  if (status !== 0) throw new Error(stderr);
  // The command is bundled, and each of its files names the modules that it was made of.
  const loaded = readFileSync(log, 'utf8')
    .split('\n')
    .filter((url) => url.startsWith('file:'));
  const names = loaded
    .map((url) => readFileSync(fileURLToPath(url), 'utf8'))
    .join('\n')
    .matchAll(/^\/\/ (?:node_modules|packages)\/((?:@[^/]+\/)?[^/\n]+)\/.*$/gm);
  return [...new Set([...names].map(([, name]) => name!))].toSorted();
}

describe('the command loads what it needs and nothing else', () => {
  it('to tell its version', () => {
    expect(loadedBy('--version')).toEqual(['cli', 'distribution']);
  });

  it('to help', () => {
    expect(loadedBy('--help')).toEqual(['cli', 'distribution']);
  });

  it('for a configuration: the components that it names', () => {
    const config = `yaml:{receivers: {otlp: {protocols: {http: }}}, exporters: {nop: }, service: {pipelines: {logs: {receivers: [otlp], exporters: [nop]}}}}`;
    const loaded = loadedBy('validate', '--config', config);
    expect(
      loaded.filter((name) => /^(?:receiver|processor|exporter|connector|extension)-/.test(name)),
    ).toEqual(['exporter-nop', 'receiver-otlp']);
    expect(loaded).toContain('yaml');
    expect(loaded, 'the SDK is for collectors that run').not.toContain('@opentelemetry/sdk-metrics');
  });
});

describe('the command', () => {
  it('runs with every component there is: what is loaded late is in the bundle as it is elsewhere', async () => {
    const running = new Running(`
receivers: { otlp: { protocols: { grpc: { endpoint: "127.0.0.1:0" }, http: { endpoint: "127.0.0.1:0" } } } }
processors: { memory_limiter: { check_interval: 1s, limit_mib: 1000 }, probabilistic_sampler: , batch: }
exporters:
  debug:
  file: { path: "\${env:OUT}" }
  nop:
  otlp_grpc: { endpoint: "127.0.0.1:1", tls: { insecure: true } }
  otlp_http: { endpoint: "http://127.0.0.1:1" }
connectors: { forward: }
extensions: { health_check: { endpoint: "127.0.0.1:0" } }
service:
  extensions: [health_check]
  telemetry: { metrics: { level: none } }
  pipelines:
    logs/in: { receivers: [otlp], processors: [memory_limiter, probabilistic_sampler, batch], exporters: [forward] }
    logs/out: { receivers: [forward], exporters: [debug, file, nop, otlp_grpc, otlp_http] }
`);
    await running.ready();
    const code = await running.end('SIGTERM');
    expect({ code, stderr: running.stderr }).toMatchObject({ code: 0 });
  });
});
