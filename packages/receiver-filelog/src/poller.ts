import type { FileHandle } from 'node:fs/promises';
import type { Clock, Logger, ReceiverSettings } from '@tributary/component';
import type { FileLogSettings } from './config.js';
import type { Counters } from './counters.js';
import type { FileState, LogFiles } from './files.js';
import { fileAttributes } from './file-attributes.js';
import type { FileReader } from './file-reader.js';
import { continues, readFingerprint } from './fingerprint.js';
import { beginning, type Position } from './position.js';
import type { TrackedFile } from './tracked-file.js';
import type { Tracker } from './tracker.js';

/** A file that was found. */
export interface Found {
  readonly path: string;
  readonly state: FileState;
  readonly writtenMs: number;
}

export interface PollerSettings {
  readonly config: FileLogSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly fs: ReceiverSettings<unknown, 'logs'>['fs'];
  readonly files: LogFiles;
  readonly tracker: Tracker;
  readonly reader: FileReader;
  readonly isCompressed: (path: string) => boolean;
  /** The files that there are, in the order in which they are to be read. */
  readonly find: () => readonly string[];
  readonly pick: (found: readonly Found[]) => readonly Found[];
  readonly counters: Counters;
  /** Whether files that are new to the first poll are read from their beginning all the same. */
  readonly wasHereBefore: boolean;
}

/** Files that are read at a time: each has one request on its way. */
const mostReading = 16;
/** Polls for which a file that has left is read on, as long as something comes: its writer may not know yet. */
const patiencePolls = 3;
/** Paths whose problem was told, before they are forgotten. */
const mostProblems = 10_000;

/** Looks for files, and has those read to which something was written. */
export class Poller {
  readonly #settings: PollerSettings;
  readonly #problems = new Set<string>();
  readonly #waiting: TrackedFile[] = [];
  #readingCount = 0;
  #openCount = 0;
  #isFirst = true;
  #isStopped = false;

  constructor(settings: PollerSettings) {
    this.#settings = settings;
  }

  /** Looks once. What it finds is read on after it has resolved. */
  async poll(): Promise<void> {
    const { tracker, config } = this.#settings;
    const seen = new Set<TrackedFile>();
    const fresh: Found[] = [];
    for (const found of this.#found()) {
      const { path, state } = found;
      const file = tracker.get(state.identity);
      if (file === undefined) fresh.push(found);
      else if (!seen.has(file)) {
        seen.add(file);
        file.missedPolls = 0;
        this.#rename(file, path, state);
        const isChanged = file.state.bytes !== state.bytes || file.state.writtenMs !== state.writtenMs;
        if (!isChanged) this.#flushTail(file);
        else if (!(await this.#isSame(file, state))) fresh.push(found);
      }
    }
    for (const file of tracker.files) if (!seen.has(file)) await this.#miss(file);
    for (const { path, state } of fresh) {
      if (this.#isStopped) return;
      await this.#meet(path, state);
    }
    if (this.#isFirst && fresh.length === 0) {
      this.#settings.logger.warn('no files match the configured criteria', { include: config.include });
    }
    this.#isFirst = false;
    tracker.age();
  }

  /** Resolves when nothing is being read any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#waiting.length = 0;
    for (const file of this.#settings.tracker.files) {
      await file.reading;
      await this.#close(file);
    }
  }

  /** What there is to be read. */
  #found(): readonly Found[] {
    const { config, clock, files, find, pick } = this.#settings;
    const oldestMs =
      config.exclude_older_than === undefined ? -Infinity : clock.now() - config.exclude_older_than;
    const found: Found[] = [];
    for (const path of find()) {
      let state: FileState | undefined;
      try {
        state = files.state(path);
      } catch (error) {
        this.problem(path, error);
      }
      // What is empty has no beginning to be known by.
      if (
        state === undefined ||
        (state.bytes === 0 && this.#settings.tracker.get(state.identity) === undefined)
      ) {
        continue;
      }
      if (state.writtenMs >= oldestMs) found.push({ path, state, writtenMs: state.writtenMs });
    }
    const picked = pick(found);
    const batch = Math.max(1, Math.floor(config.max_concurrent_files / 2));
    return config.max_batches > 0 ? picked.slice(0, config.max_batches * batch) : picked;
  }

  #rename(file: TrackedFile, path: string, state: FileState): void {
    if (file.path === path) return;
    const { config, files } = this.#settings;
    file.path = path;
    file.attributes = fileAttributes(config, files, path, state);
    file.isDirty = true;
  }

  /** Reads on in a file that has changed. @returns false where it is another file now */
  async #isSame(file: TrackedFile, state: FileState): Promise<boolean> {
    const { tracker, config, isCompressed } = this.#settings;
    // It is asked again when that has ended: its state is still the old one.
    if (file.reading !== undefined) return true;
    const handle = await this.#open(file);
    if (handle === undefined) return true;
    let fingerprint: Buffer;
    try {
      fingerprint = await readFingerprint(handle, config.fingerprint_size, isCompressed(file.path));
    } catch (error) {
      this.problem(file.path, error);
      return true;
    }
    if (!continues(file.fingerprint, fingerprint)) {
      await this.#leave(file);
      return state.bytes === 0;
    }
    tracker.grow(file, fingerprint);
    if (!isCompressed(file.path) && state.bytes < file.next.offset) this.#cut(file, state);
    file.state = state;
    file.tailSinceMs = undefined;
    this.#read(file, false);
    return true;
  }

  /** It is shorter than what was read of it, and begins as before. */
  #cut(file: TrackedFile, { bytes }: FileState): void {
    const { config, logger } = this.#settings;
    logger.warn('A file has become shorter', { path: file.path, on_truncate: config.on_truncate });
    if (config.on_truncate === 'read_whole_file') file.reset(beginning);
    else if (config.on_truncate === 'read_new') file.reset({ ...file.next, offset: bytes, isCut: false });
  }

  /** What has no end yet is a record when nothing came for long enough. */
  #flushTail(file: TrackedFile): void {
    const { config, clock } = this.#settings;
    if (file.reading !== undefined) return;
    if (config.delete_after_read && this.#isFinished(file)) return this.#read(file, false);
    if (file.tailSinceMs === undefined || config.force_flush_period === 0) return;
    if (clock.monotonic() - file.tailSinceMs >= config.force_flush_period) this.#read(file, true);
  }

  /** A file that nobody has seen yet. */
  async #meet(path: string, state: FileState): Promise<void> {
    const { tracker, config, files, isCompressed, wasHereBefore } = this.#settings;
    let handle: FileHandle;
    let fingerprint: Buffer;
    try {
      handle = await this.#settings.fs.open(path, 'r');
    } catch (error) {
      return this.problem(path, error);
    }
    try {
      fingerprint = await readFingerprint(handle, config.fingerprint_size, isCompressed(path));
    } catch (error) {
      await handle.close();
      return this.problem(path, error);
    }
    const isFromStart = config.start_at === 'beginning' || !this.#isFirst || wasHereBefore;
    const start: Position =
      isFromStart || isCompressed(path) ? beginning : { ...beginning, offset: state.bytes };
    const file = fingerprint.length === 0 ? undefined : tracker.track(path, state, fingerprint, start);
    if (file === undefined) return handle.close();
    if (!isFromStart && isCompressed(path)) file.finishedBytes = state.bytes;
    file.attributes = fileAttributes(config, files, path, state);
    file.handle = handle;
    this.#count(1);
    this.#problems.delete(path);
    if (file.next.offset < state.bytes || isCompressed(path)) this.#read(file, false);
  }

  /** It was not there this time: moved out of sight, or deleted. Its writer may not know yet. */
  async #miss(file: TrackedFile): Promise<void> {
    const { handle } = file;
    if (handle === undefined) return this.#vanish(file);
    if (file.reading !== undefined) return;
    try {
      const { size } = await handle.stat();
      if (size !== file.state.bytes) {
        file.missedPolls = 0;
        file.state = { ...file.state, bytes: size };
        return this.#read(file, false);
      }
    } catch (error) {
      this.problem(file.path, error);
    }
    if (++file.missedPolls < patiencePolls) return;
    // Nothing more will come to what has no end.
    if (file.tailSinceMs !== undefined && file.missedPolls === patiencePolls) return this.#read(file, true);
    await this.#vanish(file);
  }

  #vanish(file: TrackedFile): Promise<void> {
    this.#settings.counters.vanished();
    this.#settings.logger.debug('A file is not there any more', { path: file.path });
    return this.#leave(file);
  }

  async #leave(file: TrackedFile): Promise<void> {
    await file.reading;
    await this.#close(file);
    this.#settings.tracker.leave(file);
  }

  #read(file: TrackedFile, isEnd: boolean): void {
    if (file.reading !== undefined || this.#isStopped) return;
    if (this.#readingCount >= mostReading) {
      if (!this.#waiting.includes(file)) this.#waiting.push(file);
      return;
    }
    this.#readingCount++;
    this.#settings.counters.reading(1);
    file.reading = this.#readNow(file, isEnd)
      .catch((error: unknown) => this.problem(file.path, error))
      .finally(() => {
        file.reading = undefined;
        this.#readingCount--;
        this.#settings.counters.reading(-1);
        const next = this.#waiting.shift();
        if (next !== undefined) this.#read(next, false);
      });
  }

  async #readNow(file: TrackedFile, isEnd: boolean): Promise<void> {
    const { reader, config, isCompressed } = this.#settings;
    if (isCompressed(file.path) && file.finishedBytes === file.state.bytes) return this.#delete(file);
    const handle = await this.#open(file);
    if (handle === undefined) return;
    if (!(await reader.read(file, handle, isEnd))) {
      // Its beginning will tell the next poll.
      file.state = { ...file.state, writtenMs: -1 };
      return;
    }
    if (this.#isFinished(file)) await this.#delete(file);
    if (this.#openCount > config.max_concurrent_files / 2) await this.#close(file);
  }

  #isFinished(file: TrackedFile): boolean {
    const { bytes } = file.state;
    return this.#settings.isCompressed(file.path) ? file.finishedBytes === bytes : file.next.offset >= bytes;
  }

  async #delete(file: TrackedFile): Promise<void> {
    const { config, fs, tracker } = this.#settings;
    const isAccepted = file.progress.position.offset >= file.next.offset;
    if (!config.delete_after_read || !isAccepted || this.#isStopped) return;
    await this.#close(file);
    await fs.unlink(file.path);
    tracker.drop(file);
  }

  async #open(file: TrackedFile): Promise<FileHandle | undefined> {
    if (file.handle !== undefined) return file.handle;
    try {
      const handle = await this.#settings.fs.open(file.path, 'r');
      const { dev, ino } = await handle.stat();
      if (`${dev}:${ino}` !== file.state.identity) {
        await handle.close();
        return undefined;
      }
      this.#count(1);
      return (file.handle = handle);
    } catch (error) {
      this.problem(file.path, error);
      return undefined;
    }
  }

  async #close(file: TrackedFile): Promise<void> {
    const { handle } = file;
    if (handle === undefined) return;
    file.handle = undefined;
    this.#count(-1);
    await handle.close();
  }

  #count(change: number): void {
    this.#openCount += change;
    this.#settings.counters.opened(change);
  }

  /** Counted each time, and said once of each file, until it can be read. */
  problem(path: string, error: unknown): void {
    this.#settings.counters.unreadable();
    const { message, code } = error as NodeJS.ErrnoException;
    const key = `${path}\n${code ?? message}`;
    if (this.#problems.has(key)) return;
    if (this.#problems.size >= mostProblems) this.#problems.clear();
    this.#problems.add(key);
    this.#settings.logger.error('A file cannot be read', { path, error: message });
  }
}
