import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Running } from './running.js';

/** Where nothing is said about figures, a second collector on the machine would be in the way. */
const quiet = 'telemetry: { metrics: { level: none } }';

function configText(more = ''): string {
  return `
receivers:
  otlp: { protocols: { http: { endpoint: "127.0.0.1:0" } } }
exporters:
  file: { path: "\${env:OUT}", flush_interval: 1h }
service:
  ${more === '' ? quiet : more}
  pipelines:
    logs: { receivers: [otlp], exporters: [file] }
`;
}

const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }] }] }] };

async function post(address: string): Promise<number> {
  const answer = await fetch(`http://${address}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  await answer.arrayBuffer();
  return answer.status;
}

describe('the command tributary', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'runs until %s, and has then written what it took',
    async (signal) => {
      const running = new Running(configText());
      const address = await running.ready();
      expect(await post(address)).toBe(200);
      expect(await running.end(signal)).toBe(0);
      expect(readFileSync(running.out, 'utf8')).toContain('hello');
      expect(existsSync(running.readyFile)).toBe(false);
      expect(running.stderr).toContain(`Received signal from OS\t`);
      expect(running.stdout).toBe('');
    },
  );

  it('logs as the Collector does, by the telemetry of the configuration', async () => {
    const running = new Running(
      configText(`telemetry: { logs: { encoding: json }, metrics: { level: none } }`),
    );
    await running.ready();
    expect(await running.end('SIGTERM')).toBe(0);
    const lines = running.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; resource: object });
    expect(lines[1]).toMatchObject({ level: 'info', msg: 'Starting tributary...', Version: '0.0.0' });
    expect(lines.at(-1)).toMatchObject({
      msg: 'Shutdown complete.',
      resource: { 'service.name': 'tributary' },
    });
  });

  it('does not start with a configuration that is wrong', async () => {
    const running = new Running(configText().replace('flush_interval', 'flush_intervall'));
    const [code] = await running.ended;
    expect([code, running.stdout, existsSync(running.readyFile)]).toEqual([1, '', false]);
    expect(running.stderr).toMatch(
      /^Error: invalid configuration\n\n.*config\.yaml:5:31: error\[unknown-key\]/,
    );
    expect(running.stderr).toContain('did you mean flush_interval?');
  });

  it('ends with 1 where a component cannot start, and names it', async () => {
    const running = new Running(configText().replace('${env:OUT}', '/nowhere/at/all'));
    const [code] = await running.ended;
    expect([code, existsSync(running.readyFile)]).toEqual([1, false]);
    expect(running.stderr).toMatch(/\nError: .*failed to start "file" exporter: /);
  });

  it('reloads on SIGHUP, without closing what stays', async () => {
    const running = new Running(configText());
    const address = await running.ready();
    writeFileSync(
      running.config,
      configText().replace('exporters: [file]', 'exporters: [nop]') + 'exporters: { nop: }\n',
    );
    running.child.kill('SIGHUP');
    await running.says('duplicate');
    expect(await post(address)).toBe(200);
    writeFileSync(
      running.config,
      configText().replace('[file]', '[file, nop]').replace('exporters:\n', 'exporters:\n  nop:\n'),
    );
    running.child.kill('SIGHUP');
    await running.says('Configuration reloaded');
    expect(await post(address)).toBe(200);
    expect(await running.end('SIGTERM')).toBe(0);
    expect(readFileSync(running.out, 'utf8').match(/hello/g)).toHaveLength(2);
  });
});
