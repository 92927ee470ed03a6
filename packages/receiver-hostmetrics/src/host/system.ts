// The one place where the real host enters this package; everything else is given it.
// oxlint-disable no-restricted-imports
import * as fs from 'node:fs';

/** What a file system says of itself. Sizes in blocks of `bsize` bytes. */
export interface Space {
  readonly bsize: number;
  readonly blocks: number;
  readonly bfree: number;
  readonly bavail: number;
  readonly files: number;
  readonly ffree: number;
}

/** Files that answer at once, as those of /proc do. All throw as `node:fs` does. */
export interface HostFiles {
  open(path: string): number;
  /** How many bytes were read; 0 at the end. */
  read(descriptor: number, into: Buffer, offset: number, position: number): number;
  close(descriptor: number): void;
  readlink(path: string): string;
  readdir(path: string): readonly string[];
  statfs(path: string): Space;
}

/** What this package needs of the host. */
export interface HostSystem {
  readonly platform: string;
  readonly pid: number;
  /** Whether words of the kernel have eight bytes. */
  readonly is64Bit: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: HostFiles;
}

export const realHost: HostSystem = {
  platform: process.platform,
  pid: process.pid,
  is64Bit: !['arm', 'ia32', 'mips', 'mipsel', 'ppc'].includes(process.arch),
  get env() {
    return process.env;
  },
  files: {
    open: (path) => fs.openSync(path, 'r'),
    read: (descriptor, into, offset, position) =>
      fs.readSync(descriptor, into, offset, into.length - offset, position),
    close: (descriptor) => fs.closeSync(descriptor),
    readlink: (path) => fs.readlinkSync(path),
    readdir: (path) => fs.readdirSync(path),
    statfs: (path) => fs.statfsSync(path),
  },
};
