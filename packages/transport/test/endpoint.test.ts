import { describe, expect, it } from 'vitest';
import { parseGrpcEndpoint } from '../src/endpoint.js';
import { clientEndpointProblem, formatHostPort, serverEndpointProblem, splitHostPort } from '../src/index.js';

describe('host and port', () => {
  it.each([
    ['localhost:4317', 'localhost', 4317],
    ['0.0.0.0:0', '0.0.0.0', 0],
    ['[::1]:4317', '::1', 4317],
    [':4317', '', 4317],
    ['host.example:65535', 'host.example', 65_535],
  ])('reads and writes %s', (address, host, port) => {
    expect(splitHostPort(address)).toEqual({ host, port });
    expect(formatHostPort(host, port)).toBe(address);
  });

  it.each([
    ['localhost', 'address localhost: missing port in address'],
    ['[::1]', 'address [::1]: missing port in address'],
    ['', 'address : missing port in address'],
    ['::1:4317', 'address ::1:4317: too many colons in address'],
    ['[::1:4317', "address [::1:4317: missing ']' in address"],
    ['localhost:', 'invalid port ""'],
    ['localhost:http', 'invalid port "http"'],
    ['localhost:65536', 'invalid port "65536"'],
    ['localhost:-1', 'invalid port "-1"'],
  ])('says what is wrong with %s', (address, problem) => {
    expect(splitHostPort(address)).toBe(problem);
  });

  it('writes an IPv4 address in IPv6 clothes as what it is', () => {
    expect(formatHostPort('::ffff:192.0.2.1', 1)).toBe('192.0.2.1:1');
  });
});

it('finds what is wrong with the endpoint of a server', () => {
  expect(serverEndpointProblem('localhost:4317')).toBeUndefined();
  expect(serverEndpointProblem('localhost')).toContain('missing port');
  expect(serverEndpointProblem('/run/x.sock', 'unix')).toBeUndefined();
  expect(serverEndpointProblem('', 'unix')).toBe('unix socket path cannot be empty');
});

describe('the endpoint of a gRPC client', () => {
  const local = { host: 'localhost', port: 4317 };

  it.each([
    ['localhost:4317', 'localhost:4317', false, local],
    ['http://localhost:4317', 'localhost:4317', false, local],
    ['https://localhost:4317/', 'localhost:4317', true, local],
    ['HTTPS://localhost:4317', 'localhost:4317', true, local],
    ['[::1]:4317', '[::1]:4317', false, { host: '::1', port: 4317 }],
    ['dns:///collector:4317', 'dns:///collector:4317', false, { host: 'collector', port: 4317 }],
    // These are reached in another way than by the usual DNS, or by none.
    ['unix:///run/x.sock', 'unix:///run/x.sock', false, undefined],
    ['dns://8.8.8.8/collector:4317', 'dns://8.8.8.8/collector:4317', false, undefined],
    ['ipv4:///10.0.0.1:1,10.0.0.2:2', 'ipv4:///10.0.0.1:1,10.0.0.2:2', false, undefined],
  ])('reads %s', (endpoint, target, forcesTls, hostPort) => {
    expect(parseGrpcEndpoint(endpoint)).toEqual({ target, forcesTls, hostPort });
    expect(clientEndpointProblem(endpoint)).toBeUndefined();
  });

  it.each(['', 'localhost', 'http://localhost', 'dns:///collector', 'unix://', 'localhost:x'])(
    'refuses "%s"',
    (endpoint) => {
      expect(clientEndpointProblem(endpoint)).toBe(parseGrpcEndpoint(endpoint));
      expect(typeof parseGrpcEndpoint(endpoint)).toBe('string');
    },
  );
});
