import {
  readConfig,
  type ConfigNode,
  type Place,
  type ReadOptions,
  type ReadResult,
} from '@tributary/config';

/** Reads from texts by their names: all of them in order, unless `uris` says otherwise. */
export function read(
  files: Readonly<Record<string, string | Uint8Array>>,
  {
    uris = Object.keys(files),
    env = {},
    ...rest
  }: Partial<ReadOptions> & { readonly uris?: readonly string[] } = {},
): Promise<ReadResult> {
  const readFile = (path: string): Promise<Buffer> => {
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    return text === undefined
      ? Promise.reject(
          Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' }),
        )
      : Promise.resolve(Buffer.from(text as string));
  };
  return readConfig(uris, { env, fs: { readFile: readFile as ReadOptions['fs']['readFile'] }, ...rest });
}

/** What a configuration says, without its places. */
export function plain(node: ConfigNode | undefined): unknown {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([name, entry]) => [name, plain(entry.node)]));
}

/** The value at a path. */
export function at(node: ConfigNode | undefined, ...path: readonly (string | number)[]): ConfigNode {
  let current = node;
  for (const part of path) {
    if (current?.kind === 'map') current = current.entries.get(String(part))?.node;
    else if (current?.kind === 'list') current = current.items[Number(part)];
  }
  if (current === undefined) throw new Error(`nothing at ${path.join('.')}`);
  return current;
}

/** A place as its source's name and its text: `a.yaml: "5s"`. */
export function shown(place: Place | undefined): string | undefined {
  return place && `${place.source.name}: ${JSON.stringify(place.source.text.slice(place.start, place.end))}`;
}

/** What was found, a line each: severity, code, place, message. */
export function lines({ diagnostics }: Pick<ReadResult, 'diagnostics'>): readonly string[] {
  return diagnostics.map(
    ({ severity, code, place, message }) => `${severity} ${code} [${shown(place)}] ${message}`,
  );
}
