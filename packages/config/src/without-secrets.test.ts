import { expect, it } from 'vitest';
import { withoutSecrets } from './without-secrets.js';

function shown(line: string, isHeader: boolean): string {
  return withoutSecrets({ line, start: 0, end: 0 }, { isHeader }).line;
}

it.each([
  ['    api-key: s3cr3t, and more', '    api-key: [REDACTED]'],
  ['    api-key: "s3cr3t"', '    api-key: [REDACTED]'],
  ['    api-key: "s3cr3t', '    api-key: [REDACTED]'],
  ['    api-key: [s3cr3t]', '    api-key: [REDACTED]'],
  ['    "X-Api-Key" : s3cr3t', '    "X-Api-Key" : [REDACTED]'],
  ['    Authorization: Bearer s3cr3t', '    Authorization: [REDACTED]'],
  [
    '{ headers: { api-key: s3cr3t, x: y }, timeout: 1s }',
    '{ headers: { api-key: [REDACTED], x: y }, timeout: 1s }',
  ],
  ['    api-key: ${env:API_KEY}', '    api-key: ${env:API_KEY}'],
  ['    api-key:s3cr3t', '    api-key:[REDACTED]'],
  ['    api-key s3cr3t', '    api-key [REDACTED]'],
  ['    - password s3cr3t', '    - password [REDACTED]'],
  ['    api-key:', '    api-key:'],
  ['    api-key # elsewhere', '    api-key # elsewhere'],
  ['    key_pem: s3cr3t', '    key_pem: [REDACTED]'],
  ['    key_pem: |', '    key_pem: |'],
  ['exporters.otlp.headers.api-key=s3cr3t', 'exporters.otlp.headers.api-key=[REDACTED]'],
  ['endpoint: https://user:s3cr3t@backend:4318', 'endpoint: https://user:[REDACTED]@backend:4318'],
  ['api-key: https://user:s3cr3t@backend', 'api-key: [REDACTED]'],
  ['endpoint: backend:4317 # the token is elsewhere', 'endpoint: backend:4317 # the token is elsewhere'],
  ['    x-team: core', '    x-team: core'],
])('%s is shown as %s', (line, without) => {
  expect(shown(line, false)).toBe(without);
});

it.each([
  ['    x-team: core', '    x-team: [REDACTED]'],
  ['    - name: x-team', '    - name: x-team'],
  [
    '    - { name: x-team, value: core, values: [] }',
    '    - { name: x-team, value: [REDACTED], values: [] }',
  ],
  ['      value: core', '      value: [REDACTED]'],
  ['  headers:', '  headers:'],
])('%s among headers is shown as %s', (line, without) => {
  expect(shown(line, true)).toBe(without);
});

it('keeps the mark on what it was on', () => {
  const line = '{ token: s3cr3t, endpont: x }';
  const marked = withoutSecrets(
    { line, start: line.indexOf('endpont'), end: line.indexOf(': x') },
    { isHeader: false },
  );
  expect(marked.line.slice(marked.start, marked.end)).toBe('endpont');
  const inside = withoutSecrets(
    { line, start: line.indexOf('s3'), end: line.indexOf('s3') + 6 },
    { isHeader: false },
  );
  expect(inside.line.slice(inside.start, inside.end)).toBe('[REDACTED]');
});

it('hides what is marked where that is known to be a secret, and nothing twice', () => {
  const marked = { line: 'a s3cr3t token: s3cr3t b', start: 2, end: 8 };
  expect(withoutSecrets(marked, { isHeader: false, isMarkSecret: true })).toEqual({
    line: 'a [REDACTED] token: [REDACTED]',
    start: 2,
    end: 12,
  });
  const inside = { line: 'token: s3cr3t', start: 9, end: 13 };
  expect(withoutSecrets(inside, { isHeader: false, isMarkSecret: true }).line).toBe('token: [REDACTED]');
});
