/** JSON as wide and as deep as a body may be large. */
import { expect } from 'vitest';
import { Heard, over, type Attack } from '../attack.js';
import { json, type Victim } from '../victim.js';

const megabyte = 1_000_000;
/** The backend makes an object of each value that arrives. */
const maxForwardedBytes = 2 * megabyte;

const spanOf = (fields: string): string => `{"resourceSpans":[{"scopeSpans":[{"spans":[{${fields}}]}]}]}`;
/** The piece again and again, without the comma at the end. */
const filled = (piece: string, bytes: number): string => piece.repeat(bytes / piece.length).slice(0, -1);
const few = (bytes: number): number => Math.min(bytes, maxForwardedBytes);

type Outcome = 'http 200' | 'http 400' | 'http 413';

/** What it is, the body, and the answer to it. */
const bodies: readonly (readonly [string, (bytes: number) => string, Outcome])[] = [
  ['attributes', (bytes) => spanOf(`"attributes":[${filled('{"key":"k"},', few(bytes))}]`), 'http 200'],
  [
    'values in a value',
    (bytes) =>
      spanOf(
        `"attributes":[{"value":{"arrayValue":{"values":[${filled('{"boolValue":true},', few(bytes))}]}}}]`,
      ),
    'http 200',
  ],
  ['the same key again and again', (bytes) => spanOf(filled('"name":"a",', bytes)), 'http 200'],
  ['unknown keys', (bytes) => spanOf(filled('"x":0,', bytes)), 'http 200'],
  ['unknown values', (bytes) => `{"x":[${filled('0,', bytes)}]}`, 'http 200'],
  ['open brackets', (bytes) => `{"x":${'['.repeat(bytes)}`, 'http 400'],
  ['a string of escapes', (bytes) => spanOf(`"name":"${'\\u0041'.repeat(bytes / 6)}"`), 'http 200'],
  ['one long key', (bytes) => `{"${'k'.repeat(bytes)}":0}`, 'http 200'],
  ['spaces', (bytes) => `${' '.repeat(bytes)}{}`, 'http 200'],
  ['digits', (bytes) => `{"x":${'1'.repeat(bytes)}}`, 'http 200'],
];

async function lay(victim: Victim, megabytes: number): Promise<Heard> {
  const heard = new Heard();
  for (const [name, body, outcome] of bodies) {
    const told = await victim.post('traces', Buffer.from(body(megabytes * megabyte)), json);
    heard.add(told);
    expect(`${name}: ${told}`).toBe(`${name}: ${outcome}`);
  }
  return heard;
}

export const largeJson: Attack = {
  name: 'wide and deep JSON',
  unit: 'MB a body',
  short: 0.2,
  long: 20,
  lay: async (victim, times) => over(await lay(victim, times)),
};
