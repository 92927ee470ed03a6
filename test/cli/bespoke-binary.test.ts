import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fileForTest } from './support.js';

/** Runs the program beside this file. */
function acme(...argv: readonly string[]): readonly [code: number | null, stdout: string, stderr: string] {
  const program = fileURLToPath(import.meta.resolve('./bespoke-binary.ts'));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', program, ...argv], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
    timeout: 40_000,
    killSignal: 'SIGKILL',
  });
  return [status, stdout, stderr];
}

describe('a binary with components of one’s own', () => {
  it('has the whole command line', () => {
    expect(acme('--version')).toEqual([0, 'acme-collector version 1.0.0\n', '']);
    const [code, stdout] = acme('components');
    expect([code, stdout.includes('  - name: stamp\n'), stdout.includes('name: debug')]).toEqual([
      0,
      true,
      false,
    ]);
  });

  it('takes configurations that name them, and knows no others', () => {
    const text = (type: string): string => `
receivers: { otlp: { protocols: { grpc: { endpoint: "127.0.0.1:0" } } } }
processors: { ${type}: { value: ours } }
exporters: { otlp_grpc: { endpoint: "127.0.0.1:1" } }
service: { pipelines: { traces: { receivers: [otlp], processors: [${type}], exporters: [otlp_grpc] } } }
`;
    expect(acme('validate', '--config', fileForTest(text('stamp')))).toEqual([0, '', '']);
    const [code, , stderr] = acme('validate', '--config', fileForTest(text('stmap')));
    expect(code).toBe(1);
    expect(stderr).toContain('did you mean stamp?');
  });
});
