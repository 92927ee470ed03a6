import { parseAuxv, type Kernel } from '../parse/auxv.js';
import { numbersByKey } from '../parse/fields.js';
import { parseStat, type Stat } from '../parse/stat.js';
import { createFileReader, type FileReader } from './files.js';
import { hostPaths, type HostPaths } from './paths.js';
import type { HostSystem } from './system.js';

/** The host as its scrapers see it. What several of them want is read once a scrape. */
export interface Host {
  readonly paths: HostPaths;
  readonly reader: FileReader;
  readonly kernel: Kernel;
  /** What was read is forgotten: a new scrape begins. */
  begin(): void;
  /** /proc/stat. */
  stat(): Stat;
  /** /proc/meminfo, as it stands there: mostly in KiB. */
  memory(): ReadonlyMap<string, number>;
  /** In seconds since the epoch. Read once: the kernel computes it anew each time, and it may differ by one. */
  bootTime(): number;
  close(): void;
}

export function createHost(system: HostSystem, rootPath: string): Host {
  const paths = hostPaths(rootPath, system.env);
  const reader = createFileReader(system.files);
  const statFile = reader.keep(`${paths.proc}/stat`);
  const memoryFile = reader.keep(`${paths.proc}/meminfo`);
  const auxv = readOrNothing(() => reader.readIfThere('/proc/self/auxv'));
  let stat: Stat | undefined;
  let memory: ReadonlyMap<string, number> | undefined;
  let bootTime: number | undefined;

  const host: Host = {
    paths,
    reader,
    kernel: parseAuxv(auxv ?? Buffer.alloc(0), system.is64Bit ? 8 : 4),
    begin() {
      stat = memory = undefined;
    },
    stat: () => (stat ??= parseStat(statFile.read())),
    memory: () => (memory ??= numbersByKey(memoryFile.read())),
    bootTime() {
      if (bootTime === undefined) {
        const found = host.stat().bootTime;
        if (Number.isNaN(found)) throw new Error(`${paths.proc}/stat does not say when the host was booted`);
        bootTime = found;
      }
      return bootTime;
    },
    close: () => reader.close(),
  };
  return host;
}

/** Without it the usual sizes are taken. */
function readOrNothing(read: () => Buffer | undefined): Buffer | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
