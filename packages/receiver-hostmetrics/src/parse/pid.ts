import { count, fieldsOf, linesOf } from './fields.js';

/** /proc/<pid>/stat. Times in ticks. */
export interface PidStat {
  /** At most 15 bytes of the name. */
  readonly comm: string;
  /** One letter: `R`, `S`, `D`, ... */
  readonly state: string;
  readonly parent: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  readonly user: number;
  readonly system: number;
  readonly threads: number;
  /** After boot. */
  readonly started: number;
  readonly blockIo: number;
}

/** Reads /proc/<pid>/stat. The name may hold blanks and parentheses. `undefined` where it is cut off. */
export function parsePidStat(bytes: Buffer): PidStat | undefined {
  const text = bytes.toString('utf8');
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open === -1 || close < open) return undefined;
  // Field 3 of the manual is the first behind the name.
  const fields = fieldsOf(text.slice(close + 1).trimEnd());
  const field = (number: number): number => count(fields[number - 3]);
  const stat = {
    comm: text.slice(open + 1, close),
    state: fields[0] ?? '',
    parent: field(4),
    minorFaults: field(10),
    majorFaults: field(12),
    user: field(14),
    system: field(15),
    threads: field(20),
    started: field(22),
  };
  if (stat.state === '' || Object.values(stat).some(Number.isNaN)) return undefined;
  // Kernels without the accounting of delays leave the field out or at 0.
  const blockIo = field(42);
  return { ...stat, blockIo: Number.isNaN(blockIo) ? 0 : blockIo };
}

/** Pages of /proc/<pid>/statm. */
export function parsePidMemory(bytes: Buffer): { readonly size: number; readonly resident: number } {
  const [size, resident] = fieldsOf(bytes.toString('latin1'));
  return { size: count(size), resident: count(resident) };
}

/** What is wanted of /proc/<pid>/status. */
export interface PidStatus {
  /** The real user. */
  readonly uid: number;
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
  /** Of the process and of its first thread. */
  readonly pendingSignals: number;
}

export function parsePidStatus(bytes: Buffer): PidStatus {
  const values = new Map(
    linesOf(bytes).map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  return {
    uid: count(fieldsOf(values.get('Uid') ?? '')[0]),
    voluntarySwitches: count(values.get('voluntary_ctxt_switches')),
    involuntarySwitches: count(values.get('nonvoluntary_ctxt_switches')),
    pendingSignals: bitsOf(values.get('SigPnd')) + bitsOf(values.get('ShdPnd')),
  };
}

/** How many bits of a mask in hexadecimal are set. */
function bitsOf(mask: string | undefined): number {
  if (mask === undefined || !/^[0-9a-f]{1,32}$/.test(mask)) return NaN;
  let bits = 0;
  for (const digit of mask) for (let rest = parseInt(digit, 16); rest > 0; rest >>= 1) bits += rest & 1;
  return bits;
}

/** The words of /proc/<pid>/cmdline, each ended by NUL. */
export function parseCommandLine(bytes: Buffer): string[] {
  const words = bytes.toString('utf8').split('\0');
  while (words.at(-1) === '') words.pop();
  return words;
}

/** The kernel cuts names at 15 bytes: the program's own name is taken where it goes on from there. */
export function nameOf(comm: string, command: string | undefined): string {
  if (Buffer.byteLength(comm) < 15 || command === undefined) return comm;
  const base = command.slice(command.lastIndexOf('/') + 1);
  return base.startsWith(comm) ? base : comm;
}

/** Names of users by number, of /etc/passwd; the first of a number counts. */
export function parsePasswd(bytes: Buffer): ReadonlyMap<number, string> {
  const users = new Map<number, string>();
  for (const line of linesOf(bytes)) {
    const [name, , uid] = line.split(':');
    const number = count(uid);
    if (name !== undefined && name !== '' && !Number.isNaN(number) && !users.has(number)) {
      users.set(number, name);
    }
  }
  return users;
}
