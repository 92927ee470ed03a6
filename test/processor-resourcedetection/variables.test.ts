import { userInfo } from 'node:os';
import { expect, it } from 'vitest';
import { bench } from './support.js';

const schemaUrl = 'https://opentelemetry.io/schemas/1.40.0';

it('lambda knows a function by the variables of its runtime', async () => {
  const env = {
    AWS_REGION: 'eu-central-1',
    AWS_LAMBDA_FUNCTION_NAME: 'orders',
    AWS_LAMBDA_FUNCTION_VERSION: '7',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/orders',
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[7]abc',
  };
  const { start, pass } = bench({ detectors: ['lambda'] }, { env });
  await start();
  expect(await pass()).toEqual({
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_lambda',
    'cloud.region': 'eu-central-1',
    'faas.name': 'orders',
    'faas.version': '7',
    'faas.instance': '2026/01/01/[7]abc',
    'faas.max_memory': '512',
    'aws.log.group.names': ['/aws/lambda/orders'],
    'aws.log.stream.names': ['2026/01/01/[7]abc'],
    schemaUrl,
  });
});

it('heroku knows a dyno by the variables of its metadata', async () => {
  const env = {
    HEROKU_DYNO_ID: 'dyno-1',
    HEROKU_APP_ID: 'app-1',
    HEROKU_APP_NAME: 'shop',
    HEROKU_RELEASE_VERSION: 'v42',
    HEROKU_RELEASE_CREATED_AT: '2026-01-01T00:00:00Z',
    HEROKU_SLUG_COMMIT: 'abc123',
  };
  const { start, pass } = bench({ detectors: ['heroku'] }, { env });
  await start();
  expect(await pass()).toEqual({
    'cloud.provider': 'heroku',
    'heroku.app.id': 'app-1',
    'heroku.dyno.id': 'dyno-1',
    'heroku.release.commit': 'abc123',
    'heroku.release.creation_timestamp': '2026-01-01T00:00:00Z',
    'service.instance.id': 'dyno-1',
    'service.name': 'shop',
    'service.version': 'v42',
    schemaUrl,
  });
});

it.each(['lambda', 'heroku'] as const)('%s adds nothing elsewhere', async (name) => {
  // No server is asked, so no metadata is missing.
  const { start, pass, lines } = bench({ detectors: [name], fail_on_missing_metadata: true });
  await start();
  expect(await pass({ a: 'b' })).toEqual({ a: 'b' });
  expect(lines.some((line) => line.startsWith(`debug: ${name}: not on this platform`))).toBe(true);
});

it('process tells of this process', async () => {
  const { start, pass } = bench({ detectors: ['process'] });
  await start();
  expect(await pass()).toEqual({
    'process.pid': process.pid,
    'process.parent_pid': process.ppid,
    'process.executable.name': process.execPath.split('/').at(-1),
    'process.executable.path': process.execPath,
    'process.command': process.argv[0],
    'process.owner': userInfo().username,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'process.runtime.description': `Node.js ${process.versions.node}, V8 ${process.versions.v8}`,
    schemaUrl,
  });
});

it('process leaves out an owner without a name, and has arguments where they are asked for', async () => {
  const own = {
    pid: 1,
    parentPid: 0,
    executablePath: 'C:\\node\\node.exe',
    args: ['node', 'a b'],
    nodeVersion: '20.20.2',
    v8Version: '11',
    owner: () => {
      throw new Error('ENOENT: no such user');
    },
  };
  const resource_attributes = { 'process.command_args': { enabled: true } };
  const { start, pass } = bench(
    { detectors: ['process'], process: { resource_attributes } },
    { surroundings: { process: own, platform: 'win32' } },
  );
  await start();
  expect(await pass()).toMatchObject({
    'process.executable.name': 'node.exe',
    'process.command_args': ['node', 'a b'],
  });
  expect(await pass()).not.toHaveProperty('process.owner');
});
