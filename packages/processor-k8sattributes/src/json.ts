/** An object as the API server gives it. */
export type JsonObject = Readonly<Record<string, unknown>>;

const none: JsonObject = {};

/** What stands there, if it is an object. */
export function objectAt(object: JsonObject, ...path: readonly string[]): JsonObject {
  let at: unknown = object;
  for (const key of path) at = isObject(at) ? at[key] : undefined;
  return isObject(at) ? at : none;
}

/** What stands there, if it is a list: the objects in it. */
export function objectsAt(object: JsonObject, ...path: readonly string[]): readonly JsonObject[] {
  const key = path.at(-1)!;
  const list = objectAt(object, ...path.slice(0, -1))[key];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** What stands there, if it is a text, or empty. */
export function textAt(object: JsonObject, ...path: readonly string[]): string {
  const value = objectAt(object, ...path.slice(0, -1))[path.at(-1)!];
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
