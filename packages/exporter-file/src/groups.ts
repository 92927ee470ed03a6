import { setMaxListeners } from 'node:events';
import path from 'node:path';
import { ConsumeError, type Batch, type Settings, type Signal } from '@tributary/component';
import type { GroupBy } from './config.js';
import { createGroupPath } from './group-path.js';
import type { OpenWriter, Target } from './output.js';
import { pick, resourcesOf, splitBy } from './split.js';
import type { Writer } from './writer.js';

/** The reason under which resources without the attribute are booked. */
const missing = 'missing_attribute';
/** Files that are remembered to have been open; those that come after them are not emptied when they are opened. */
const maxRemembered = 10_000;
/** What no attempt will change: a name that the file system does not take. */
const hopeless: readonly unknown[] = [
  'ENAMETOOLONG',
  'EINVAL',
  'EISDIR',
  'ENOTDIR',
  'EEXIST', // of mkdir, where a file has the name of a folder
  'ERR_INVALID_ARG_VALUE',
];

/** A file for each value of an attribute, of which the least recently used are closed. */
export function createGroups(
  pattern: string,
  { attribute, maxOpenFiles }: GroupBy,
  openWriter: OpenWriter,
  fs: Settings<unknown>['fs'],
): Target {
  const pathOf = createGroupPath(pattern);
  /** The most recently used is the last. */
  const writers = new Map<string, Writer>();
  const remembered = new Set<string>();
  let opening: Promise<unknown> = Promise.resolve();

  /** The writer of a file, if it is open. */
  function used(file: string): Writer | undefined {
    const writer = writers.get(file);
    if (writer === undefined) return undefined;
    writers.delete(file);
    writers.set(file, writer);
    return writer;
  }

  /**
   * Hands the writer of a file to `use`, which must write before it first waits: the next one to open a file
   * may close this one. Files are opened one at a time, so that none is opened twice and their number holds.
   */
  async function withWriter(file: string, use: (writer: Writer) => Promise<void>): Promise<void> {
    const open = used(file);
    if (open !== undefined) return use(open);
    const turn = opening.then(async () => ({ written: use(used(file) ?? (await opened(file))) }));
    opening = turn.catch(() => {}); // told to its caller
    await (
      await turn
    ).written;
  }

  async function opened(file: string): Promise<Writer> {
    while (writers.size >= maxOpenFiles) await closeOldest();
    await fs.mkdir(path.dirname(file), { recursive: true, mode: 0o755 });
    const writer = await openWriter(file, remembered.has(file) || remembered.size >= maxRemembered);
    if (remembered.size < maxRemembered) remembered.add(file);
    writers.set(file, writer);
    return writer;
  }

  async function closeOldest(): Promise<void> {
    const [file, writer] = writers.entries().next().value!;
    // From here on nobody finds it: who needs it waits until it is closed, and opens it again.
    writers.delete(file);
    await writer.flush();
    const { unwritten } = writer;
    if (unwritten !== undefined) {
      writers.set(file, writer);
      throw unwritten;
    }
    await writer.close();
  }

  return {
    async start() {},

    async write(batch, encode, owner, signal) {
      const files = [...resourcesOf(batch)].map(({ resource }) => {
        const value = resource.attributes.get(attribute);
        return typeof value === 'string' ? pathOf(value) : undefined;
      });
      // Each file listens to it.
      setMaxListeners(0, signal);
      const failures = new Map<string, ConsumeError>();
      let items = 0;
      await Promise.all(
        [...splitBy(batch, files)].map(async ([file, part]) => {
          items += part.itemCount;
          try {
            const record = { bytes: await encode(part), items: part.itemCount, owner };
            await withWriter(file, (writer) => writer.write(record, signal));
          } catch (error) {
            failures.set(file, asConsumeError(file, error));
          }
        }),
      );
      // Cancelled, the caller keeps all of it.
      if (items < batch.itemCount && !signal.aborted) {
        owner.ledger.dropped(batch.itemCount - items, missing, {
          message: `Resource does not contain ${attribute} attribute, dropping it`,
        });
      }
      if (failures.size > 0) throw together(batch, files, failures);
    },

    get writers() {
      return writers.values();
    },
  };
}

function asConsumeError(file: string, error: unknown): ConsumeError {
  if (ConsumeError.is(error)) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const kind = hopeless.includes(code) ? 'permanent' : 'retryable';
  return new ConsumeError(kind, `cannot write to ${file}: ${message}`, { cause: error });
}

/** One answer for all files that failed: with what was not written, all of it `permanent` or none. */
function together(
  batch: Batch<Signal>,
  files: readonly (string | undefined)[],
  failures: ReadonlyMap<string, ConsumeError>,
): ConsumeError {
  const errors = [...failures.values()];
  const [first] = errors as [ConsumeError];
  const passing = errors.find(({ kind }) => kind !== 'permanent');
  const { kind, cause, retryAfterMs, tooLarge } = passing ?? first;
  const rejected = pick(batch, (index) => failures.has(files[index] ?? ''));
  const message = errors.map(({ message: text }) => text).join('; ');
  return new ConsumeError(kind, message, { cause, retryAfterMs, tooLarge, rejected });
}
