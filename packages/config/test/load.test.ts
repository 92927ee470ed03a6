import { createCollector } from '@tributary/collector';
import { describe, expect, it, vi } from 'vitest';
import { ConfigurationError, inspectConfig, loadConfig } from '../src/load.js';
import { components } from './support.js';

const smallest = `yaml:{ receivers: { in: }, exporters: { spans: }, service: { pipelines: { traces: { receivers: [in], exporters: [spans] } } } }`;

describe('loadConfig', () => {
  it('gives what a collector is made of', async () => {
    const collector = createCollector(await loadConfig([smallest], { components, env: {} }));
    await collector.shutdown();
    expect(collector.balance()).toBeDefined();
  });

  it('puts later locations and settings over earlier ones', async () => {
    const more = 'yaml:exporters::out: { endpoint: a }';
    const set = ['service.pipelines.traces.exporters=[out]'];
    const { pipelines } = await loadConfig([smallest, more], { components, env: {}, set });
    expect(pipelines.traces!.exporters).toMatchObject([{ id: 'out' }]);
  });

  it('takes the environment of the process where none is given', async () => {
    vi.stubEnv('TRIBUTARY_CONFIG', smallest.slice('yaml:'.length));
    await expect(loadConfig(['env:TRIBUTARY_CONFIG'], { components })).resolves.toHaveProperty('pipelines');
    vi.unstubAllEnvs();
  });

  it('throws one error with everything that is wrong', async () => {
    const wrong = `${smallest.replace('in: }', 'in: { a: 1 } }').replace('spans: }', 'spans: { b: 1 } }')}`;
    const error: unknown = await loadConfig([wrong], { components, env: {} }).catch(
      (thrown: unknown) => thrown,
    );
    expect(ConfigurationError.is(error)).toBe(true);
    const { message, diagnostics, name } = error as ConfigurationError;
    expect(name).toBe('ConfigurationError');
    expect(diagnostics.map(({ code, path }) => [code, path.join('.')])).toEqual([
      ['unknown-key', 'receivers.in.a'],
      ['unknown-key', 'exporters.spans.b'],
    ]);
    expect(message).toMatch(
      /^invalid configuration:\n\nyaml:\S*:1:22: error\[unknown-key\]: receivers\.in\.a: unknown key\n/,
    );
  });

  it('tells the first five hundred mistakes, errors before warnings, and how many more there are', async () => {
    const unset = (count: number): string =>
      Array.from({ length: count }, (_, index) => `"\${env:NONE_${index}}"`).join(', ');
    const list = `yaml:{ service: { extensions: [${unset(501)}] } }`;
    const { diagnostics } = await inspectConfig([smallest, list], { components, env: {} });
    expect(diagnostics).toHaveLength(501);
    expect(new Set(diagnostics.slice(0, 500).map(({ severity }) => severity))).toEqual(new Set(['error']));
    expect(diagnostics.at(-1)).toMatchObject({ code: 'too-many-mistakes', message: '502 more are not told' });
    const few = `yaml:{ service: { extensions: [${unset(250)}] } }`;
    const told = await inspectConfig([smallest, few], { components, env: {} });
    expect(told.diagnostics.map(({ code }) => code)).not.toContain('too-many-mistakes');
  });

  it('has an error that others are told from', () => {
    expect(ConfigurationError.is(new Error('no'))).toBe(false);
    expect(ConfigurationError.is(undefined)).toBe(false);
  });
});
