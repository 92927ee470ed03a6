import { describe, expect, it } from 'vitest';
import { cli, fileForTest } from './support.js';

const good = `
receivers: { otlp: { protocols: { grpc: { endpoint: "127.0.0.1:0" } } } }
exporters: { nop: }
service: { pipelines: { traces: { receivers: [otlp], exporters: [nop] } } }
`;

describe('the command line', () => {
  it.each([['--version'], ['-v']])('prints the version: %s', async (flag) => {
    expect(await cli([flag])).toEqual({ code: 0, stdout: 'acme version 1.2.3\n', stderr: '' });
  });

  it('prints help on stdout, of the program and of a command', async () => {
    const program = await cli(['--help']);
    expect([program.code, program.stderr]).toEqual([0, '']);
    expect(program.stdout).toMatch(/^Runs the collector\.\n\nUsage:\n {2}acme \[flags\]\n/);
    expect(program.stdout).toMatch(/\n {2}validate +Checks the configuration/);
    const command = await cli(['print-config', '--help']);
    expect(command.stdout).toContain('Usage:\n  acme print-config [flags]\n');
    expect(command.stdout).not.toContain('Commands:');
  });

  it.each([
    [[], 'at least one config flag must be provided'],
    [['validate'], 'at least one config flag must be provided'],
    [['frobnicate'], 'unknown command "frobnicate" for "acme"'],
    [['--confg', 'a.yaml'], 'unknown flag: --confg'],
    [['--config'], 'flag needs an argument: --config'],
    [['validate', '--portable=false'], 'flag takes no value: --portable'],
    [['validate', '--ready-file', 'x'], 'unknown flag: --ready-file (not one of "acme validate")'],
    [['components', 'otlp'], 'unexpected argument "otlp"'],
    [['--config', 'a', '--shutdown-grace', 'soon'], 'invalid argument "soon" for "--shutdown-grace"'],
    [['--config', 'a', '--feature-gates', '-service.partialReload'], 'is stable, can not be disabled'],
    [['print-config', '--config', 'a', '--format', 'toml'], 'for "--format": must be yaml or json'],
    [['featuregate', 'nope'], 'feature "nope" not found'],
  ])('%j is a mistake: %s', async (argv, message) => {
    const { code, stdout, stderr } = await cli(argv);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Error: [^\n]*\n$/);
    expect(stderr).toContain(message);
  });

  it('takes flags before and behind the command, and with an equal sign', async () => {
    const file = fileForTest(good);
    for (const argv of [
      ['validate', '--config', file],
      ['--config', file, 'validate'],
      ['validate', `--config=${file}`],
    ]) {
      expect(await cli(argv)).toEqual({ code: 0, stdout: '', stderr: '' });
    }
  });

  it('merges several configurations, and puts --set over them', async () => {
    const file = fileForTest(good);
    const more = 'yaml:processors::batch::timeout: 1s';
    const argv = [
      '--config',
      file,
      '--config',
      more,
      '--set',
      'processors.batch.timeout=2s',
      '--set',
      'exporters.nop={}',
    ];
    const { stdout } = await cli(['print-config', '--format', 'json', ...argv]);
    expect(JSON.parse(stdout)).toMatchObject({ processors: { batch: { timeout: '2s' } } });
  });

  it('has the commands of the program too', async () => {
    const seen: unknown[] = [];
    const own = {
      name: 'greet',
      summary: 'Says hello.',
      run: (args: readonly string[]) => {
        seen.push(args);
        return 7;
      },
    };
    const failing = { ...own, name: 'fail', run: () => Promise.reject(new Error('no voice')) };
    const commands = [own, failing];
    expect(await cli(['greet', '--loud', 'you'], { commands })).toMatchObject({ code: 7 });
    expect(seen).toEqual([['--loud', 'you']]);
    expect(await cli(['fail'], { commands })).toEqual({ code: 1, stdout: '', stderr: 'Error: no voice\n' });
    expect((await cli(['--help'], { commands })).stdout).toMatch(/\n {2}greet +Says hello\.\n/);
  });

  it('lists the feature gates, and says what one does', async () => {
    const { stdout } = await cli(['featuregate']);
    expect(stdout).toMatch(/^ID +Enabled +Stage +Description\n/);
    expect(stdout).toMatch(/\nservice\.profilesSupport +true +Stable +\S/);
    expect((await cli(['featuregate', 'service.profilesSupport'])).stdout).toMatch(
      /^Feature: service\.profilesSupport\nEnabled: true\nStage: Stable\nDescription: \S/,
    );
  });

  it('tells of components in the form of the Collector', async () => {
    const { code, stdout } = await cli(['components']);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'buildinfo:\n  command: acme\n  description: "acme, an OpenTelemetry collector"\n  version: "1.2.3"\nreceivers:\n',
    );
    expect(stdout).toMatch(/connectors:\n {2}- name: forward\n {4}stability:\n {6}logs-to-logs: \w+\n/);
    expect(stdout).toMatch(/extensions:\n {2}- name: file_storage\n {4}stability:\n {6}extension: \w+\n/);
    expect(stdout, 'an alias').not.toContain('name: otlphttp');
    expect(stdout).toMatch(/providers:\n(?: {2}- scheme: \w+\n)+$/);
  });
});

describe('colours', () => {
  const broken = 'yaml:receivers: {';
  const on = (env: Readonly<Record<string, string>>, isTTY: boolean) => {
    let text = '';
    const stderr = { write: (part: string) => (text += part), isTTY };
    return cli(['validate', '--config', broken], { env, stderr }).then(() => text.includes('\u001b['));
  };

  it.each([
    ['on a terminal', {}, true, true],
    ['not elsewhere', {}, false, false],
    ['not where the user does not want them', { NO_COLOR: '1' }, true, false],
    ['where NO_COLOR is set to nothing', { NO_COLOR: '' }, true, true],
  ])('are there %s', async (_, env, isTTY, expected) => {
    expect(await on(env, isTTY)).toBe(expected);
  });
});
