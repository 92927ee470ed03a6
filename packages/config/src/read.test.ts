import { describe, expect, it } from 'vitest';
import { readConfig, type ReadOptions, type ReadResult } from './read.js';
import type { ConfigNode } from './tree.js';

type Plain = unknown;

/** What a configuration says, without its places. */
function plain(node: ConfigNode | undefined): Plain {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([name, entry]) => [name, plain(entry.node)]));
}

function read(
  files: Record<string, string>,
  { uris = Object.keys(files), env = {}, ...rest }: Partial<ReadOptions> & { uris?: string[] } = {},
): Promise<ReadResult> {
  const readFile = (path: string): Promise<Buffer> => {
    const text = files[path];
    return text === undefined
      ? Promise.reject(Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' }))
      : Promise.resolve(Buffer.from(text));
  };
  return readConfig(uris, { env, fs: { readFile: readFile as ReadOptions['fs']['readFile'] }, ...rest });
}

describe('readConfig', () => {
  it('merges two files and replaces a reference with its typed value', async () => {
    const { root, diagnostics } = await read(
      {
        'a.yaml': 'exporters:\n  otlp:\n    endpoint: one:4317\n    timeout: 5s\n',
        'b.yaml': 'exporters:\n  otlp:\n    endpoint: ${env:HOST}:4317\n    retries: ${RETRIES}\n',
      },
      { env: { HOST: 'two', RETRIES: '0x10' } },
    );
    expect(diagnostics).toEqual([]);
    expect(plain(root)).toEqual({
      exporters: { otlp: { endpoint: 'two:4317', timeout: '5s', retries: 16 } },
    });
  });
});
