import { describe, expect, it } from 'vitest';
import { parseProxy, proxyFor, type Environment } from '../src/proxy.js';

describe('the URL of a proxy', () => {
  it.each([
    ['http://proxy:3128', { host: 'proxy', port: 3128, isSecure: false, credentials: undefined }],
    ['proxy:3128', { host: 'proxy', port: 3128, isSecure: false, credentials: undefined }],
    ['proxy', { host: 'proxy', port: 80, isSecure: false, credentials: undefined }],
    ['https://proxy', { host: 'proxy', port: 443, isSecure: true, credentials: undefined }],
    ['http://[::1]:3128/', { host: '::1', port: 3128, isSecure: false, credentials: undefined }],
    ['http://me:p%40ss@proxy:3128', { host: 'proxy', port: 3128, isSecure: false, credentials: 'me:p@ss' }],
    ['http://me@proxy:3128', { host: 'proxy', port: 3128, isSecure: false, credentials: 'me:' }],
  ])('%s is read', (text, proxy) => {
    expect(parseProxy(text, 'proxy_url')).toEqual(proxy);
  });

  it('is refused where it is none, without what may be secret in it', () => {
    expect(() => parseProxy('http://me:secret@:::', 'HTTP_PROXY')).toThrow(
      /^HTTP_PROXY: invalid proxy address$/,
    );
    expect(() => parseProxy('http://me%zz@proxy', 'HTTP_PROXY')).toThrow('HTTP_PROXY: invalid proxy address');
    expect(() => parseProxy('socks5://me:secret@proxy', 'HTTP_PROXY')).toThrow(
      /^HTTP_PROXY: no proxy by socks5: its URL begins with http:\/\/ or https:\/\/$/,
    );
  });
});

describe('the proxy of the environment', () => {
  const proxy = (environment: Environment, host = 'backend.example', scheme: 'http' | 'https' = 'https') =>
    proxyFor({ scheme, host, port: 4317 }, environment)?.host;

  it('is the one for the scheme, and capitals win', () => {
    expect(proxy({ HTTPS_PROXY: 'a', HTTP_PROXY: 'b' })).toBe('a');
    expect(proxy({ HTTPS_PROXY: 'a', HTTP_PROXY: 'b' }, 'backend.example', 'http')).toBe('b');
    expect(proxy({ https_proxy: 'a' })).toBe('a');
    expect(proxy({ HTTPS_PROXY: 'a', https_proxy: 'b' })).toBe('a');
    expect(proxy({ HTTPS_PROXY: '', https_proxy: 'b' })).toBe('b');
    // As in Go: the proxy for plaintext is none for TLS.
    expect(proxy({ HTTP_PROXY: 'b' })).toBeUndefined();
    expect(proxy({})).toBeUndefined();
  });

  it('is none for this machine', () => {
    const hosts = ['localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.1', '::1'];
    expect(hosts.map((host) => proxy({ HTTPS_PROXY: 'a' }, host))).toEqual(hosts.map(() => undefined));
  });

  it.each([
    ['*', 'backend.example', false],
    ['backend.example', 'backend.example', false],
    ['BACKEND.example', 'Backend.Example', false],
    [' x.y , backend.example ', 'backend.example', false],
    ['example', 'backend.example', false],
    ['.example', 'backend.example', false],
    ['*.example', 'backend.example', false],
    ['.backend.example', 'backend.example', true],
    ['*.backend.example', 'backend.example', true],
    ['end.example', 'backend.example', true],
    ['backend.example:4317', 'backend.example', false],
    ['backend.example:4318', 'backend.example', true],
    ['10.0.0.0/8', '10.1.2.3', false],
    ['10.0.0.0/8', '11.1.2.3', true],
    ['10.0.0.0/99', '10.1.2.3', true],
    ['10.0.0.0/8', 'backend.example', true],
    ['10.1.2.3', '10.1.2.3', false],
    ['10.1.2.3:4317', '10.1.2.3', false],
    ['10.1.2.3:1', '10.1.2.3', true],
    ['fd00::1', 'fd00:0::1', false],
    ['[fd00::1]:4317', 'fd00::1', false],
    ['[fd00::1]:1', 'fd00::1', true],
    ['fd00::/8', 'fd12::1', false],
    ['', 'backend.example', true],
    [',:4317,', 'backend.example', true],
  ])('NO_PROXY=%s: is %s proxied? %s', (list, host, isProxied) => {
    expect(proxy({ HTTPS_PROXY: 'a', NO_PROXY: list }, host) === 'a').toBe(isProxied);
  });

  it('is refused by its name where it cannot be read', () => {
    expect(() => proxy({ HTTPS_PROXY: 'ftp://a' })).toThrow('HTTPS_PROXY: no proxy by ftp');
  });
});
