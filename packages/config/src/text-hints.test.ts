import { expect, it } from 'vitest';
import { hintOfNumber, hintOfText } from './text-hints.js';

it.each([
  ['“backend:4317”', 'invalid port', 'quotes of this shape are part of the text: write " or no quotes'],
  ['$BACKEND', 'address $BACKEND: missing port in address', 'an environment variable is written ${env:NAME}'],
  ['$(BACKEND)', '', 'an environment variable is written ${env:NAME}'],
  ['${env:BACKEND', '', 'an environment variable is written ${env:NAME}'],
  ['%BACKEND%', '', 'an environment variable is written ${env:NAME}'],
  ['4317', 'missing port in address', 'write the host, too: "localhost:4317"'],
  ['backend', 'missing port in address', 'add a port: "backend:4317"'],
  ['http://0.0.0.0:4318/', 'too many colons in address', 'leave the scheme out: "0.0.0.0:4318"'],
  [':::4317', 'too many colons in address', 'an IPv6 address stands in brackets: "[::1]:4317"'],
  ['backend:4318', 'begins with http://', 'write "http://backend:4318" or "https://backend:4318"'],
  ['2d', 'must be a duration', 'write "48h": there are no days'],
  ['10 seconds', 'must be a duration', 'write "10s"'],
  ['5 min', 'must be a duration', 'write "5m"'],
  ['5 milliseconds', 'must be a duration', 'write "5ms"'],
  ['5S', 'must be a duration', 'write "5s"'],
  ['soon', 'must be a duration', undefined],
  ['5 years', 'must be a duration', undefined],
  ['', 'missing port in address', undefined],
])('%j, of which %j is said, is helped by %j', (text, message, hint) => {
  expect(hintOfText(text, message)).toBe(hint);
});

it.each([
  ['5,000', 'write 5000'],
  ['20MiB', 'write a number alone, without "MiB"'],
  ['80%', 'write a number alone, without "%"'],
  ['many', undefined],
])('%j in the place of a number is helped by %j', (text, hint) => {
  expect(hintOfNumber(text)).toBe(hint);
});
