import * as fs from 'node:fs/promises';
import type { Runtime } from '@tributary/component';

/** The files of a service account, in place of those in a pod; all other files are what they are. */
export function serviceAccount(files: Readonly<Record<string, string>>, caFile?: string): Runtime['fs'] {
  const folder = '/var/run/secrets/kubernetes.io/serviceaccount/';
  const readFile = async (path: string, encoding?: 'utf8'): Promise<string | Buffer> => {
    if (!path.startsWith(folder)) return fs.readFile(path, encoding);
    const name = path.slice(folder.length);
    if (name === 'ca.crt' && caFile !== undefined) return fs.readFile(caFile, encoding);
    const text = files[name];
    if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
    return text;
  };
  return { ...fs, readFile: readFile as unknown as Runtime['fs']['readFile'] };
}
