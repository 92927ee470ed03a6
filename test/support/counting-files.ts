import * as fs from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

type Files = typeof import('node:fs/promises');
type Call = (...args: never[]) => Promise<unknown>;

/** Real files, and how to wait until nothing is being done with them. */
export interface CountingFiles {
  readonly fs: Files;
  /** Resolves when nothing is under way, and nothing comes of it for a moment. */
  readonly settle: () => Promise<void>;
}

const handleCalls = ['read', 'write', 'writev', 'stat', 'truncate', 'datasync', 'sync', 'close'] as const;
const calls = ['open', 'mkdir', 'readdir', 'rename', 'link', 'unlink', 'rm', 'stat'] as const;
/** Turns of a millisecond in which nothing was under way. */
const quietTurns = 6;
const limitMs = 20_000;

export function countingFiles(): CountingFiles {
  let underWay = 0;
  const counted =
    (call: Call): Call =>
    async (...args) => {
      underWay++;
      try {
        const result = await call(...args);
        if (isHandle(result)) countHandle(result);
        return result;
      } finally {
        underWay--;
      }
    };

  function countHandle(handle: FileHandle): void {
    for (const name of handleCalls) {
      const call = handle[name].bind(handle) as Call;
      Object.defineProperty(handle, name, { value: counted(call), configurable: true });
    }
  }

  const wrapped = Object.fromEntries(calls.map((name) => [name, counted(fs[name] as Call)]));
  return {
    fs: { ...fs, ...wrapped },
    async settle() {
      const endMs = performance.now() + limitMs;
      for (let quiet = 0; quiet < quietTurns && performance.now() < endMs;) {
        await sleep(1);
        quiet = underWay === 0 ? quiet + 1 : 0;
      }
    },
  };
}

function isHandle(value: unknown): value is FileHandle {
  return typeof value === 'object' && value !== null && 'fd' in value && 'writev' in value;
}
