import { fieldsOf, linesOf } from './fields.js';

/** A file system that is mounted. */
export interface Mount {
  readonly device: string;
  /** `major:minor`; `undefined` in the older table. */
  readonly deviceId: string | undefined;
  readonly mountpoint: string;
  readonly type: string;
  readonly mode: 'rw' | 'ro' | 'unknown';
  /** Whether it is a part of another file system: a bind mount or a subvolume. */
  readonly isPart: boolean;
}

/** Reads /proc/<pid>/mountinfo. Lines that are cut off are left out. */
export function parseMountInfo(bytes: Buffer): Mount[] {
  return linesOf(bytes).flatMap((line) => {
    const fields = fieldsOf(line);
    // The number of optional fields before the dash is not fixed.
    const dash = fields.indexOf('-', 6);
    const [, , deviceId, root, mountpoint, options] = fields;
    const type = fields[dash + 1];
    const device = fields[dash + 2];
    if (dash === -1 || type === undefined || device === undefined) return [];
    return [
      {
        device: unescaped(device),
        deviceId,
        mountpoint: unescaped(mountpoint!),
        type: unescaped(type),
        mode: modeOf(options!),
        isPart: root !== '/',
      },
    ];
  });
}

/** Reads /proc/<pid>/mounts, of which a bind mount is not told apart. */
export function parseMounts(bytes: Buffer): Mount[] {
  return linesOf(bytes).flatMap((line) => {
    const [device, mountpoint, type, options] = fieldsOf(line);
    if (options === undefined) return [];
    return [
      {
        device: unescaped(device!),
        deviceId: undefined,
        mountpoint: unescaped(mountpoint!),
        type: unescaped(type!),
        mode: modeOf(options),
        isPart: false,
      },
    ];
  });
}

/** Types of /proc/filesystems that stand on a device, and zfs, which does without saying so. */
export function parseFilesystems(bytes: Buffer): ReadonlySet<string> {
  const types = linesOf(bytes).flatMap((line) => {
    const fields = fieldsOf(line);
    return fields.length === 1 ? [fields[0]!] : [];
  });
  return new Set([...types, 'zfs']);
}

function modeOf(options: string): Mount['mode'] {
  const all = options.split(',');
  return all.includes('rw') ? 'rw' : all.includes('ro') ? 'ro' : 'unknown';
}

/** The kernel writes blanks, line feeds and backslashes as `\040`: bytes, so that several may be one character. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  const plain = bytes.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(parseInt(octal, 8)),
  );
  return Buffer.from(plain, 'latin1').toString('utf8');
}
