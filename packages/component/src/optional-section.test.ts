import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { completeConfig, ConfigError, optionalSection } from './index.js';

const server = z.strictObject({ port: z.int().default(80) });
const schema = z.strictObject({
  on: optionalSection(server, 'on').optional(),
  off: optionalSection(server, 'off').optional(),
});

function problemsOf(config: unknown): string[] {
  try {
    completeConfig(schema, config, []);
    return [];
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return error.message.split('\n');
  }
}

describe('an optional section', () => {
  it.each<[unknown, unknown]>([
    [{}, {}],
    [{ on: undefined, off: undefined }, {}],
    [
      { on: null, off: null },
      { on: { port: 80 }, off: undefined },
    ],
    [
      { on: {}, off: {} },
      { on: { port: 80 }, off: { port: 80 } },
    ],
    [
      { on: { enabled: true, port: 1 }, off: { enabled: true } },
      { on: { port: 1 }, off: { port: 80 } },
    ],
    [{ on: { enabled: false, port: 'x' } }, { on: undefined }],
  ])('%j is %j', (config, completed) => {
    expect(completeConfig(schema, config, [])).toEqual(completed);
  });

  it.each([
    [{ on: { enabled: 'no' } }, 'on.enabled: must be true or false, got "no"'],
    [{ on: { enabled: true, port: 'x' } }, 'on.port: must be a number, got a string'],
    [{ on: { ports: 1 } }, 'on.ports: unknown key; did you mean port?'],
    [{ on: 5 }, 'on: must be an object, got 5'],
  ])('%j is refused', (config, problem) => {
    expect(problemsOf(config)).toContain(problem);
  });
});
