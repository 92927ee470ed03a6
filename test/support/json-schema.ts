/** A JSON Schema, or a part of one. */
interface Schema {
  readonly [keyword: string]: unknown;
}

/** What a keyword has against a value. */
type Rule = (given: never, value: unknown, path: string, schema: Schema) => string[];

/**
 * What is wrong with `value`, as `.path: keyword`, by a schema of draft 2020-12. It knows the keywords that the
 * product writes, and throws on any other.
 */
export function schemaProblems(root: object, value: unknown): string[] {
  function check(schema: Schema | boolean, at: unknown, path: string): string[] {
    if (typeof schema === 'boolean') return schema ? [] : [`${path}: not allowed`];
    return Object.entries(schema).flatMap(([keyword, given]) => {
      const rule = rules[keyword];
      if (rule === undefined) throw new Error(`unknown keyword ${keyword}`);
      return rule(given as never, at, path, schema);
    });
  }

  const note: Rule = () => [];
  const rules: Readonly<Record<string, Rule>> = {
    $schema: note,
    $defs: note,
    title: note,
    description: note,
    default: note,
    $ref: (pointer: string, at, path) => check(behind(root as Schema, pointer), at, path),
    type: (types: string | readonly string[], at, path) => {
      const type = typeOf(at);
      const fits = [types].flat().some((one) => one === type || (one === 'number' && type === 'integer'));
      return fits ? [] : [`${path}: type`];
    },
    enum: (values: readonly unknown[], at, path) => (values.includes(at) ? [] : [`${path}: enum`]),
    pattern: (text: string, at, path) => {
      return typeof at !== 'string' || new RegExp(text, 'u').test(at) ? [] : [`${path}: pattern`];
    },
    minLength: (least: number, at, path) => {
      return typeof at !== 'string' || at.length >= least ? [] : [`${path}: minLength`];
    },
    minimum: (least: number, at, path) => (typeof at !== 'number' || at >= least ? [] : [`${path}: minimum`]),
    maximum: (most: number, at, path) => (typeof at !== 'number' || at <= most ? [] : [`${path}: maximum`]),
    required: (names: readonly string[], at, path) => {
      if (!isObject(at)) return [];
      return names.filter((name) => !(name in at)).map((name) => `${path}.${name}: required`);
    },
    not: (schema: Schema, at, path) => (check(schema, at, path).length > 0 ? [] : [`${path}: not`]),
    anyOf: (forms: readonly Schema[], at, path) => {
      return forms.some((form) => check(form, at, path).length === 0) ? [] : [`${path}: anyOf`];
    },
    items: (schema: Schema, at, path) => {
      if (!Array.isArray(at)) return [];
      return at.flatMap((item: unknown, index) => check(schema, item, `${path}[${index}]`));
    },
    properties: (own: Readonly<Record<string, Schema>>, at, path) => {
      return below(at, path, (name) => (Object.hasOwn(own, name) ? [own[name]!] : []));
    },
    patternProperties: (own: Readonly<Record<string, Schema>>, at, path) => {
      return below(at, path, (name) => matching(own, name));
    },
    additionalProperties: (
      other: Schema | boolean,
      at,
      path,
      { properties = {}, patternProperties = {} },
    ) => {
      const isOwn = (name: string): boolean =>
        Object.hasOwn(properties as object, name) || matching(patternProperties as object, name).length > 0;
      return below(at, path, (name) => (isOwn(name) ? [] : [other]));
    },
  };

  /** What is wrong with the values of an object, by the schemas that are for each key. */
  function below(
    at: unknown,
    path: string,
    schemasOf: (name: string) => readonly (Schema | boolean)[],
  ): string[] {
    if (!isObject(at)) return [];
    return Object.entries(at).flatMap(([name, value]) =>
      schemasOf(name).flatMap((schema) => check(schema, value, `${path}.${name}`)),
    );
  }

  return check(root as Schema, value, '');
}

function matching(patterns: object, name: string): Schema[] {
  return Object.entries(patterns as Readonly<Record<string, Schema>>)
    .filter(([pattern]) => new RegExp(pattern, 'u').test(name))
    .map(([, schema]) => schema);
}

function behind(root: Schema, pointer: string): Schema {
  let at: unknown = root;
  for (const part of pointer.split('/').slice(1)) {
    at = (at as Schema)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  if (at === undefined) throw new Error(`nothing at ${pointer}`);
  return at as Schema;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeOf(value) === 'object';
}
