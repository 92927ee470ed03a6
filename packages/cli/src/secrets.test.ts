import { expect, it } from 'vitest';
import { redacted } from './secrets.js';

it.each([
  [
    { password: 'x', username: 'u' },
    { password: '[REDACTED]', username: 'u' },
  ],
  [
    { key_pem: 'x', key_file: '/k' },
    { key_pem: '[REDACTED]', key_file: '/k' },
  ],
  [{ headers: { a: 'x' } }, { headers: { a: '[REDACTED]' } }],
  [{ headers: [{ name: 'a', value: 'x' }] }, { headers: [{ name: 'a', value: '[REDACTED]' }] }],
  [{ response_headers: { a: 'x' } }, { response_headers: { a: '[REDACTED]' } }],
  [{ headers_list: 'a=x' }, { headers_list: '[REDACTED]' }],
  [
    { token: '', secret: null },
    { token: '', secret: null },
  ],
  [{ api_key: ['x'] }, { api_key: ['[REDACTED]'] }],
  [{ urls: ['http://u:x@h:1/p'] }, { urls: ['http://u:[REDACTED]@h:1/p'] }],
  [
    { metadata_keys: ['a'], token_bucket: 5 },
    { metadata_keys: ['a'], token_bucket: 5 },
  ],
])('%j is shown as %j', (value, shown) => {
  expect(redacted(value)).toEqual(shown);
});
