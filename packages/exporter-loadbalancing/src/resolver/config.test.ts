import { describe, expect, it } from 'vitest';
import { resolverSchema } from './config.js';
import { createStaticResolver } from './static-resolver.js';

function problems(input: unknown): string[] {
  const outcome = resolverSchema.safeParse(input);
  return outcome.error?.issues.map(({ path, message }) => [...path, message].join(' ')) ?? [];
}

describe('the resolver section', () => {
  it.each([
    [{}, 'no resolvers specified for the exporter'],
    [{ static: { hostnames: ['a'] }, dns: { hostname: 'b' } }, 'only one resolver should be specified'],
    [{ static: {} }, 'static hostnames no endpoints specified for the static resolver'],
    [{ static: { hostnames: [] } }, 'static hostnames no endpoints specified for the static resolver'],
    [{ dns: {} }, 'dns hostname no hostname specified to resolve the backends'],
    [{ dns: { hostname: '' } }, 'dns hostname no hostname specified to resolve the backends'],
    [{ dns: { hostname: 'a', port: 0 } }, 'dns port must be a port from 1 to 65535, got 0'],
    [{ dns: { hostname: 'a', port: 'grpc' } }, 'dns port must be a port from 1 to 65535, got "grpc"'],
    [{ dns: { hostname: 'a', port: true } }, 'dns port must be a port, as text or as a number'],
    [
      { dns: { hostname: 'a', srv: true, port: 4317 } },
      'dns port must not be set with srv, whose records name the ports',
    ],
    [
      { dns: { hostname: 'a', return_hostnames: true } },
      'dns return_hostnames needs srv, whose records name hosts',
    ],
    [
      { dns: { hostname: 'a', server: 'ns.example:53' } },
      'dns server must be an IP address with or without a port, such as 10.0.0.2:53, got "ns.example:53"',
    ],
    [{ k8s: {} }, 'k8s service no service specified to resolve the backends'],
    [{ k8s: { service: 'a/b' } }, 'k8s service must be name or name.namespace of a service, got "a/b"'],
    [
      { custom: 'x' },
      'custom must be a function that makes a resolver, which only a program in code can have',
    ],
    [
      { static: { hostnames: ['a'] }, aws_cloud_map: { namespace: 'a' } },
      'aws_cloud_map is not supported yet by this component',
    ],
  ])('refuses %j: %s', (input, message) => {
    expect(problems(input)).toEqual([message]);
  });

  it.each([
    ['4317', 4317],
    [4317, 4317],
    ['', undefined],
    [undefined, undefined],
  ])('takes the port %j, as text or as a number', (port, expected) => {
    expect(resolverSchema.parse({ dns: { hostname: 'a', port } }).dns?.port).toBe(expected);
  });

  it('has the defaults of the Collector, and takes 0 as the default', () => {
    const defaults = { interval: 5000, timeout: 1000 };
    expect(resolverSchema.parse({ dns: { hostname: 'a' } }).dns).toMatchObject(defaults);
    const zero = { hostname: 'a', interval: '0s', timeout: '0s' } as const;
    expect(resolverSchema.parse({ dns: zero }).dns).toMatchObject(defaults);
    expect(resolverSchema.parse({ k8s: { service: 'a' } }).k8s).toEqual({
      service: 'a',
      ports: [],
      timeout: 60_000,
      return_hostnames: false,
    });
  });

  it.each([
    ['10.0.0.2', '10.0.0.2:53'],
    ['10.0.0.2:5353', '10.0.0.2:5353'],
    ['::1', '[::1]:53'],
    ['[::1]:5353', '[::1]:5353'],
    ['', undefined],
  ])('takes the DNS server %j', (server, expected) => {
    expect(resolverSchema.parse({ dns: { hostname: 'a', server } }).dns?.server).toBe(expected);
  });
});

it('the static resolver tells its list once, sorted, each backend once', async () => {
  const told: (readonly string[])[] = [];
  const resolver = createStaticResolver({ hostnames: ['b:1', 'a:1', 'b:1'] });
  await resolver.start(
    (backends) => told.push(backends),
    () => {},
    () => {},
  );
  expect(told).toEqual([['a:1', 'b:1']]);
});
