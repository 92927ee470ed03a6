import type { Collector } from '@tributary/collector';
import type { Runtime } from '@tributary/component';

/** The file that tells other programs that everything runs, and where. */
export interface ReadyFile {
  /** Writes it, or writes it anew. It is never there in part. */
  write(addresses: ReturnType<Collector['addresses']>): Promise<void>;
  remove(): Promise<void>;
}

/** A ready file at `path`, or none. */
export function createReadyFile(path: string | undefined, pid: number, fs: Runtime['fs']): ReadyFile {
  if (path === undefined) return { async write() {}, async remove() {} };
  return {
    async write(addresses) {
      const draft = `${path}.${pid}`;
      await fs.writeFile(draft, `${JSON.stringify({ pid, addresses })}\n`);
      await fs.rename(draft, path);
    },
    remove: () => fs.rm(path, { force: true }),
  };
}
