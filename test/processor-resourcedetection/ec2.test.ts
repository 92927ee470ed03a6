import { expect, it } from 'vitest';
import { bench, nowhere, server, silence, type Reply, type Server } from './support.js';

const identity = {
  accountId: '123456789012',
  region: 'us-west-2',
  availabilityZone: 'us-west-2b',
  instanceId: 'i-0123',
  imageId: 'ami-1',
  instanceType: 'm7.large',
};
const document = '/latest/dynamic/instance-identity/document';
const instance = {
  'PUT /latest/api/token': 'token-1',
  [document]: JSON.stringify(identity),
  '/latest/meta-data/hostname': 'ip-10-0-0-1.internal',
};
const schemaUrl = 'https://opentelemetry.io/schemas/1.40.0';
const all = {
  'cloud.provider': 'aws',
  'cloud.platform': 'aws_ec2',
  'cloud.account.id': '123456789012',
  'cloud.region': 'us-west-2',
  'cloud.availability_zone': 'us-west-2b',
  'host.id': 'i-0123',
  'host.image.id': 'ami-1',
  'host.type': 'm7.large',
  'host.name': 'ip-10-0-0-1.internal',
};
const detectors = ['ec2'] as const;

async function imds(
  replies: Readonly<Record<string, Reply>>,
): Promise<Server & { readonly surroundings: object }> {
  const started = await server(replies);
  return { ...started, surroundings: { endpoints: { ...nowhere, instance: started.url } } };
}

it('asks the metadata of the instance with a token', async () => {
  const { surroundings, seen } = await imds(instance);
  const { start, pass } = bench({ detectors }, { surroundings });
  await start();
  expect(await pass()).toEqual({ ...all, schemaUrl });
  expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'PUT /latest/api/token',
    `GET ${document}`,
    'GET /latest/meta-data/hostname',
  ]);
  expect(seen[0]!.headers['x-aws-ec2-metadata-token-ttl-seconds']).toBe('300');
  expect(seen[1]!.headers['x-aws-ec2-metadata-token']).toBe('token-1');
});

it('has the tags whose keys match', async () => {
  const { surroundings } = await imds({
    ...instance,
    '/latest/meta-data/tags/instance': 'team\nName\ncost:center',
    '/latest/meta-data/tags/instance/team': 'shop',
    '/latest/meta-data/tags/instance/Name': 'web',
    '/latest/meta-data/tags/instance/cost%3Acenter': '42',
  });
  const { start, pass } = bench(
    { detectors, ec2: { tags_from_imds: true, tags: ['^team$', '^cost'] } },
    { surroundings },
  );
  await start();
  expect(await pass()).toEqual({ ...all, 'ec2.tag.team': 'shop', 'ec2.tag.cost:center': '42', schemaUrl });
});

it('does not start where tags are wanted and the instance does not allow them', async () => {
  const { surroundings } = await imds(instance);
  const { start } = bench({ detectors, ec2: { tags_from_imds: true, tags: ['.'] } }, { surroundings });
  await expect(start()).rejects.toThrow('ec2: the instance does not allow tags in its metadata');
});

it.each<[string, Reply]>([
  ['no answer', silence],
  ['403', 403],
  ['a broken connection', (request) => void request.socket.destroy()],
])('is not on its platform where the request for a token has %s', async (_, reply) => {
  const { surroundings } = await imds({ ...instance, 'PUT /latest/api/token': reply });
  const { start, pass } = bench({ detectors }, { surroundings });
  await start();
  expect(await pass({ a: 'b' })).toEqual({ a: 'b' });
});

it('fails there where metadata must be there', async () => {
  const surroundings = { endpoints: nowhere };
  const ofAll = bench({ detectors, fail_on_missing_metadata: true }, { surroundings });
  await expect(ofAll.start()).rejects.toThrow('ec2: no instance metadata: ');
  const ofOne = bench({ detectors, ec2: { fail_on_missing_metadata: true } }, { surroundings });
  await expect(ofOne.start()).rejects.toThrow('ec2: no instance metadata: ');
  expect(ofOne.lines.join('\n')).toContain(
    'warn: ec2.fail_on_missing_metadata is deprecated; use fail_on_missing_metadata',
  );
});

it('asks as often as max_attempts says, with waits', async () => {
  const { surroundings, seen, replies } = await imds({ ...instance, [document]: 500 });
  const { start, clock } = bench(
    { detectors, ec2: { max_attempts: 4, max_backoff: '150ms' } },
    { surroundings },
  );
  await expect(start()).rejects.toThrow(
    'ec2: GET /latest/dynamic/instance-identity/document is answered with 500',
  );
  expect(seen.filter(({ path }) => path === document)).toHaveLength(4);
  // 100, 150 and 150 ms; without a bound it were 100, 200 and 400.
  expect(clock.monotonic()).toBeGreaterThanOrEqual(400);
  expect(clock.monotonic()).toBeLessThan(600);
  let failures = 2;
  replies.set(document, (_, response) => {
    if (failures-- > 0) response.writeHead(503).end();
    else response.end(JSON.stringify(identity));
  });
  const again = bench({ detectors }, { surroundings });
  await again.start();
  expect(await again.pass()).toMatchObject({ 'host.id': 'i-0123' });
});

it.each([
  ['<html>', 'the identity document is no JSON'],
  ['[]', 'the identity document is no JSON object'],
])('does not start where the document is %s', async (text, problem) => {
  const { surroundings } = await imds({ ...instance, [document]: text });
  await expect(bench({ detectors }, { surroundings }).start()).rejects.toThrow(`ec2: ${problem}`);
});
