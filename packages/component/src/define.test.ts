import { fileURLToPath } from 'node:url';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { Consumer } from './consumer.js';
import { ConfigError } from './config-error.js';
import { declarationOf, definitionOf } from './declaration.js';
import {
  defineConnector,
  defineExporter,
  defineExtension,
  defineProcessor,
  defineReceiver,
} from './define.js';
import { duration } from './duration.js';
import type { AnyFactory, ProcessorFactory } from './references.js';

const config = z.strictObject({ keys: z.array(z.string()).default(['user.email']) });
const traces = (): { process(): void } => ({ process() {} });
const redact = defineProcessor({ type: 'redact', config, traces });

describe('a factory', () => {
  it.each<[AnyFactory, string, string, readonly string[]]>([
    [
      defineReceiver({ type: 'ticker', config, logs: () => ({}), metrics: () => ({}) }),
      'receiver',
      'ticker',
      ['metrics', 'logs'],
    ],
    [redact, 'processor', 'redact', ['traces']],
    [
      defineExporter({ type: 'nothing', config, profiles: () => ({ consume() {} }) }),
      'exporter',
      'nothing',
      ['profiles'],
    ],
    [
      defineConnector({ type: 'count', config, traces: { metrics: () => ({ consume() {} }) } }),
      'connector',
      'count',
      ['traces'],
    ],
    [defineExtension({ type: 'greeter', config, create: () => ({}) }), 'extension', 'greeter', []],
  ])('%o tells its kind, type and signals', (factory, kind, type, signals) => {
    expect([factory.kind, factory.type, factory.signals, factory.name]).toEqual([kind, type, signals, type]);
  });

  it('can be asked for what it was made of', () => {
    const shared = (): undefined => undefined;
    const factory = defineProcessor({
      type: 'redact',
      aliases: ['redaction'],
      stability: 'beta',
      config,
      shared,
      traces,
    });
    expect(definitionOf(factory)).toEqual({
      kind: 'processor',
      type: 'redact',
      aliases: ['redaction'],
      stability: 'beta',
      config,
      shared,
      parts: { traces },
      pairs: {},
      create: undefined,
    });
    expect(definitionOf(redact)).toMatchObject({ aliases: [], stability: 'development' });
  });

  it('of a connector keeps its parts by pair', () => {
    const make = (): { consume(): void } => ({ consume() {} });
    const factory = defineConnector({ type: 'count', config, traces: { metrics: make } });
    expect(definitionOf(factory)).toMatchObject({ parts: {}, pairs: { traces: { metrics: make } } });
  });

  it('is told from any other function', () => {
    expect(() => definitionOf(() => {})).toThrow(/not a component factory/);
  });
});

describe('a definition', () => {
  it.each(['', '1st', 'otlp/http', 'memory-limiter', 'a'.repeat(64)])('refuses the type %j', (type) => {
    expect(() => defineProcessor({ type, config, traces })).toThrow(
      `type ${JSON.stringify(type)}: must be a letter and up to 62 letters, digits or _`,
    );
  });

  it.each(['otlp', 'Batch', 'k8s_attributes', 'a'.repeat(63)])('takes the type %j', (type) => {
    expect(defineProcessor({ type, config, traces }).type).toBe(type);
  });

  it('refuses an alias that is no type', () => {
    expect(() => defineProcessor({ type: 'redact', aliases: ['re dact'], config, traces })).toThrow(
      'type "re dact": must be',
    );
  });

  // What follows does not compile either; it is for those who write JavaScript.
  it.each<[string, () => unknown]>([
    [
      'processor redact: unknown key trace; known are type, aliases, stability, config, shared, traces, metrics, logs, profiles',
      // @ts-expect-error misspelt signal
      () => defineProcessor({ type: 'redact', config, trace: traces, traces }),
    ],
    [
      'processor redact: unknown key handle',
      // @ts-expect-error a processor has no handle
      () => defineProcessor({ type: 'redact', config, handle: () => ({}), traces }),
    ],
    [
      'extension redact: needs create',
      // @ts-expect-error create is missing
      () => defineExtension({ type: 'redact', config }),
    ],
    [
      'receiver redact: a config is an object; use z.strictObject',
      // @ts-expect-error no object
      () => defineReceiver({ type: 'redact', config: z.string(), traces: () => ({}) }),
    ],
    [
      'receiver redact: needs one of traces, metrics, logs, profiles',
      () => defineReceiver({ type: 'redact', config }),
    ],
  ])('%s', (message, make) => {
    expect(make).toThrow(message);
    expect(make).toThrow(TypeError);
  });
});

describe('a reference', () => {
  it('says which signals it gives and takes', () => {
    const receiver = defineReceiver({ type: 'r', config, logs: () => ({}) })();
    const exporter = defineExporter({ type: 'e', config, metrics: () => ({ consume() {} }) })();
    const connector = defineConnector({
      type: 'c',
      config,
      traces: { metrics: () => ({ consume() {} }), logs: () => ({ consume() {} }) },
      metrics: { logs: () => ({ consume() {} }) },
    })();
    expect(receiver).toEqual({ kind: 'receiver', id: 'r', emits: { logs: true } });
    expect(redact()).toEqual({ kind: 'processor', id: 'redact', processes: { traces: true } });
    expect(exporter).toEqual({ kind: 'exporter', id: 'e', accepts: { metrics: true } });
    expect(connector).toEqual({
      kind: 'connector',
      id: 'c',
      accepts: { traces: true, metrics: true },
      emits: { metrics: true, logs: true },
    });
    expectTypeOf(connector.emits).toEqualTypeOf<{ readonly metrics: true; readonly logs: true }>();
    expectTypeOf(connector.accepts).toEqualTypeOf<{ readonly traces: true; readonly metrics: true }>();
  });

  it('is frozen, with all that stands behind it', () => {
    const reference = redact();
    expect(Object.isFrozen(reference)).toBe(true);
    expect(Object.isFrozen(declarationOf(reference))).toBe(true);
  });

  it('is inert: making it makes no part and nothing shared', () => {
    const made: string[] = [];
    defineExporter({
      type: 'eager',
      config,
      shared: () => void made.push('shared'),
      traces: () => {
        made.push('part');
        return { consume() {} };
      },
    })();
    expect(made).toEqual([]);
  });

  it('knows the completed config', () => {
    const pause = defineProcessor({
      type: 'pause',
      config: z.strictObject({ time: duration().default(200), label: z.string() }),
      traces,
    });
    expect(declarationOf(pause({ label: 'x' })).config).toEqual({ time: 200, label: 'x' });
    expect(declarationOf(pause({ label: 'x', time: '1m30s' })).config).toEqual({ time: 90_000, label: 'x' });
  });

  it('knows the line that made it', () => {
    const { stack } = new Error();
    const { origin } = declarationOf(redact());
    const here = Number(/define\.test\.ts:(\d+)/.exec(stack!)![1]);
    expect(origin).toMatchObject({ file: fileURLToPath(import.meta.url), line: here + 1 });
  });

  it('knows the line also below a function of the standard library', () => {
    const [reference] = [{}].map((options) => redact(options));
    expect(declarationOf(reference!).origin?.file).toBe(fileURLToPath(import.meta.url));
  });

  it('takes the origin that a loader gives', () => {
    const origin = { file: 'agent.yaml', line: 3, column: 5 };
    expect(declarationOf(redact({}, { origin })).origin).toBe(origin);
  });

  it('has no origin where stacks are turned off', () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      expect(declarationOf(redact()).origin).toBeUndefined();
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  });

  it('is told from any other object', () => {
    expect(() => declarationOf({ kind: 'processor' })).toThrow('not a component: call the factory');
  });
});

describe('a name', () => {
  it.each([
    ['errors', 'redact/errors'],
    ['  errors\n', 'redact/errors'],
    ['eu/west-1.a', 'redact/eu/west-1.a'],
    ['größe', 'redact/größe'],
    ['ü'.repeat(512), `redact/${'ü'.repeat(512)}`],
  ])('%j makes an id', (name, id) => {
    expect(declarationOf(redact({}, { name })).id).toBe(id);
  });

  it.each([
    ['', 'in "redact/" id: the part after / should not be empty'],
    [' \t', 'in "redact/ \\t" id: the part after / should not be empty'],
    ['two words', 'in "redact/two words" id: invalid character(s) in name "two words"'],
    ['a+b', 'in "redact/a+b" id: invalid character(s) in name "a+b"'],
    ['a\u0000', 'in "redact/a\\u0000" id: invalid character(s) in name "a\\u0000"'],
    [`${'ü'.repeat(512)}x`, 'id: the name is longer than 1024 bytes'],
  ])('refuses %j', (name, message) => {
    expect(() => redact({}, { name })).toThrow(message);
  });
});

describe('a handle', () => {
  class Store {
    #values: number[] = [];
    label = 'values';
    get values(): readonly number[] {
      return this.#values;
    }
    add(value: number): void {
      this.#values.push(value);
    }
  }
  const sink = defineExporter({
    type: 'sink',
    config: z.strictObject({}),
    handle: () => new Store(),
    logs: ({ handle }) => ({ consume: (logs) => handle.add(logs.itemCount) }),
  });

  it('is mixed into the reference, with getters that are read anew', () => {
    const reference = sink();
    expect(reference.values).toEqual([]);
    reference.add(1);
    expect(reference.values).toEqual([1]);
  });

  it('keeps its methods when they are taken off', () => {
    const reference = sink();
    const add = Reflect.get(reference, 'add');
    add(7);
    add(8);
    expect(reference).toMatchObject({ values: [7, 8], label: 'values' });
  });

  it('is one for each reference, and the one that the parts get', () => {
    const [first, second] = [sink(), sink()];
    (declarationOf(first).handle as Store).add(2);
    expect([first.values, second.values]).toEqual([[2], []]);
  });

  it('must not hide what the reference itself says', () => {
    const wrong = defineReceiver({
      type: 'wrong',
      config: z.strictObject({}),
      handle: () => ({ id: 'mine' }),
      logs: () => ({}),
    });
    expect(() => wrong()).toThrow('receiver wrong: a handle must not have a member id');
  });
});

describe('a wrong config', () => {
  const exporter = defineExporter({
    type: 'otlp',
    config: z.strictObject({
      endpoint: z.string().min(1),
      compression: z.enum(['gzip', 'zstd', 'none']).default('gzip'),
      timeout: duration().default(5000),
      sending_queue: z
        .strictObject({ enabled: z.boolean().default(true), queue_size: z.int().min(1).default(1000) })
        .prefault({}),
      tags: z.array(z.strictObject({ name: z.string() })).default([]),
    }),
    traces: () => ({ consume() {} }),
  });
  const problemsOf = (make: () => unknown): readonly string[] => {
    try {
      make();
    } catch (error) {
      if (ConfigError.is(error)) return error.message.split('\n');
      throw error;
    }
    return [];
  };

  it('is refused with all that is wrong, each with its full path', () => {
    const wrong: unknown = {
      compression: 'gzpi',
      timeout: '10 seconds',
      sending_queue: { queue_size: 0, queue_sise: 1, enabled: 'yes' },
      tags: [{ name: 'a' }, { name: 5 }],
      colour: 'red',
    };
    expect(problemsOf(() => exporter(wrong as never, { name: 'b' }))).toEqual([
      'exporters.otlp/b.endpoint: is required',
      'exporters.otlp/b.compression: must be one of "gzip", "zstd", "none", got "gzpi"',
      'exporters.otlp/b.timeout: must be a duration such as "200ms" or "1m30s", got "10 seconds"',
      'exporters.otlp/b.sending_queue.enabled: must be true or false, got a string',
      'exporters.otlp/b.sending_queue.queue_size: must be at least 1, got 0',
      'exporters.otlp/b.sending_queue.queue_sise: unknown key; did you mean queue_size?',
      'exporters.otlp/b.tags.1.name: must be a string, got 5',
      'exporters.otlp/b.colour: unknown key',
    ]);
  });

  it.each<[unknown, string]>([
    [null, 'exporters.otlp: must be an object, got null'],
    ['backend:4317', 'exporters.otlp: must be an object, got a string'],
    [[], 'exporters.otlp: must be an object, got a list'],
    [{ endpoint: '' }, 'exporters.otlp.endpoint: must not be empty'],
    [
      { endpoint: 'a', sending_queue: { queue_size: 1.5 } },
      'exporters.otlp.sending_queue.queue_size: must be a whole number, got 1.5',
    ],
    [
      { endpoint: 'a', timeout: 10n },
      'exporters.otlp.timeout: must be a duration such as "200ms" or "1m30s", got bigint',
    ],
    [{ endpoint: 'a', timeout: '-1s' }, 'exporters.otlp.timeout: must not be negative, got "-1s"'],
  ])('%o', (wrong, problem) => {
    expect(problemsOf(() => exporter(wrong as never))).toEqual([problem]);
  });

  it('never shows a text, which may be a secret', () => {
    const wrong: unknown = { endpoint: 'a', sending_queue: { queue_size: 'hunter2' } };
    expect(problemsOf(() => exporter(wrong as never)).join()).not.toContain('hunter2');
  });

  it('of a union names what is wrong with the alternative that comes nearest', () => {
    const either = defineProcessor({
      type: 'either',
      config: z.strictObject({ on: z.union([z.string(), z.strictObject({ name: z.string() })]) }),
      traces,
    });
    expect(problemsOf(() => either({ on: { name: 1, nome: 2 } } as never))).toEqual([
      'processors.either.on.name: must be a string, got 1',
      'processors.either.on.nome: unknown key; did you mean name?',
    ]);
    expect(problemsOf(() => either({ on: 5 } as never))).toEqual([
      'processors.either.on: must be a string, got 5',
    ]);
  });
});

describe('a lax schema', () => {
  const lax = z.object({ a: z.string() });
  it.each<[string, z.ZodType]>([
    ['at the top', lax],
    ['that is loose', z.looseObject({})],
    ['with a catchall', z.strictObject({}).catchall(z.string())],
    ['in a key', z.strictObject({ inner: lax })],
    ['in a list', z.strictObject({ inner: z.array(lax) })],
    ['in a tuple', z.strictObject({ inner: z.tuple([z.string(), lax]) })],
    ['in the rest of a tuple', z.strictObject({ inner: z.tuple([z.string()], lax) })],
    ['in a union', z.strictObject({ inner: z.union([z.string(), lax]) })],
    [
      'in a discriminated union',
      z.strictObject({
        inner: z.discriminatedUnion('a', [
          z.object({ a: z.literal('x') }),
          z.strictObject({ a: z.literal('y') }),
        ]),
      }),
    ],
    ['in an intersection', z.strictObject({ inner: z.intersection(z.strictObject({}), lax) })],
    ['that is optional', z.strictObject({ inner: lax.optional() })],
    ['that is nullable', z.strictObject({ inner: lax.nullable() })],
    ['with a default', z.strictObject({ inner: lax.default({ a: 'x' }) })],
    ['with a prefault', z.strictObject({ inner: lax.prefault({ a: 'x' }) })],
    ['that is read-only', z.strictObject({ inner: lax.readonly() })],
    ['in a record', z.strictObject({ inner: z.record(z.string(), lax) })],
    ['in a map', z.strictObject({ inner: z.map(z.string(), lax) })],
    ['in a set', z.strictObject({ inner: z.set(lax) })],
    ['before a transform', z.strictObject({ inner: lax.transform(({ a }) => a) })],
    ['before a pipe', z.strictObject({ inner: lax.pipe(z.custom()) })],
    ['after a preprocessing', z.strictObject({ inner: z.preprocess((value) => value, lax) })],
    ['made lazily', z.strictObject({ inner: z.lazy(() => lax) })],
    ['with a refinement', z.strictObject({ inner: lax.refine(() => true) })],
    [
      'below all of that',
      z.strictObject({
        inner: z
          .array(z.union([z.null(), z.record(z.string(), lax.optional().default({ a: 'b' }))]))
          .optional(),
      }),
    ],
  ])('%s is refused with its place', (_, schema) => {
    const inner =
      schema === lax || !('shape' in schema) || !('inner' in (schema.shape as object)) ? '' : '.inner';
    expect(() => defineProcessor({ type: 'lax', config: schema as typeof config, traces })).toThrow(
      `processor lax${inner}: the schema lets unknown keys pass; use z.strictObject`,
    );
  });

  it('is one that hides errors', () => {
    const hiding = z.strictObject({ inner: z.strictObject({}).catch({}) });
    expect(() => defineProcessor({ type: 'lax', config: hiding, traces })).toThrow(
      'processor lax.inner: the schema hides errors',
    );
  });

  it('is not one that is strict all the way, be it recursive', () => {
    const tree = z.strictObject({
      name: z.string(),
      get children() {
        return z.array(tree);
      },
    });
    const lazy: z.ZodType = z.lazy(() => z.strictObject({ inner: lazy.optional() }));
    const all = z.strictObject({
      tree: tree.optional(),
      lazy,
      both: z.intersection(z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })).optional(),
      free: z.unknown(),
      headers: z.record(z.string(), z.string()).default({}),
    });
    expect(defineProcessor({ type: 'strict', config: all, traces }).type).toBe('strict');
    const whole = z.preprocess((value) => value ?? {}, z.strictObject({ a: z.string().optional() }));
    expect(defineProcessor({ type: 'strict', config: whole as unknown as typeof config, traces }).type).toBe(
      'strict',
    );
  });
});

describe('types', () => {
  it('of a factory follow from the definition', () => {
    expectTypeOf(redact).toEqualTypeOf<ProcessorFactory<{ keys?: string[] | undefined }, 'traces'>>();
    defineReceiver({
      type: 'typed',
      config: z.strictObject({ every: duration().default(1000) }),
      shared: ({ config: completed }) => {
        expectTypeOf(completed).toEqualTypeOf<{ every: number }>();
        return { connections: 0, shutdown(): void {} };
      },
      handle: () => ({ count: 1 }),
      metrics: ({ config: completed, next, shared, handle }) => {
        expectTypeOf(completed.every).toBeNumber();
        expectTypeOf(next).toEqualTypeOf<Consumer<'metrics'>>();
        expectTypeOf(shared.connections).toBeNumber();
        expectTypeOf(handle).toEqualTypeOf<{ count: number }>();
        return {};
      },
    });
  });

  it('of a factory can be stated, and are checked against the definition', () => {
    interface RedactConfig {
      readonly keys?: string[];
    }
    const stated: ProcessorFactory<RedactConfig, 'traces'> = redact;
    // @ts-expect-error no logs
    const tooMuch: ProcessorFactory<RedactConfig, 'logs'> = redact;
    expect(stated).toBe(tooMuch);
  });

  it('let a config be left out only where every key has a default', () => {
    const named = defineProcessor({ type: 'named', config: z.strictObject({ name: z.string() }), traces });
    redact();
    // @ts-expect-error name is missing
    expect(() => named()).toThrow('processors.named.name: is required');
  });
});

describe('an older name in an id', () => {
  const make = defineExtension({
    type: 'new_name',
    aliases: ['old_name'],
    config: z.strictObject({}),
    create: () => ({}),
  });

  it('stands where the config has it', () => {
    expect(declarationOf(make({}, { alias: 'old_name' })).id).toBe('old_name');
    expect(declarationOf(make({}, { alias: 'old_name', name: 'a' })).id).toBe('old_name/a');
  });

  it('must be one', () => {
    expect(() => make({}, { alias: 'other' })).toThrow('extension new_name: "other" is not an alias of it');
  });
});
