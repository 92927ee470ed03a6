import type { Remembered } from './checkpoints.js';
import { continues } from './fingerprint.js';
import type { FileState } from './files.js';
import type { Position } from './position.js';
import { memoryOf, TrackedFile, type FileMemory } from './tracked-file.js';

/** A file that was read and is not there: it may come again under another name. */
interface Gone {
  readonly id: number;
  /** Of this process; what is on its way from it may still move it on. */
  readonly file: TrackedFile | undefined;
  readonly memory: () => FileMemory;
  polls: number;
}

/** Polls for which a file that is gone is remembered, at least. */
const leastPolls = 3;
/** Files that are gone and remembered, whatever is configured. */
const mostGone = 10_000;

/** Knows the files that are read, and those that were. A file is what its first bytes are, whatever it is called. */
export class Tracker {
  readonly #byIdentity = new Map<string, TrackedFile>();
  readonly #byFingerprint = new Map<string, TrackedFile>();
  readonly #gone: Gone[];
  readonly #polls: number;
  readonly #forget: (id: number) => void;
  #nextId: number;

  /** `forget` is told of a file that need not be remembered any longer. */
  constructor(remembered: readonly Remembered[], pollsToArchive: number, forget: (id: number) => void) {
    this.#gone = remembered.map(({ id, memory }) => ({
      id,
      file: undefined,
      memory: () => memory,
      polls: 0,
    }));
    this.#polls = Math.max(leastPolls, pollsToArchive);
    this.#forget = forget;
    this.#nextId = remembered.reduce((next, { id }) => Math.max(next, id + 1), 0);
  }

  /** Those that are read. */
  get files(): Iterable<TrackedFile> {
    return this.#byIdentity.values();
  }

  /** Those, and the ones of this process that are gone. */
  *remembered(): Iterable<TrackedFile> {
    yield* this.#byIdentity.values();
    for (const { file } of this.#gone) if (file !== undefined) yield file;
  }

  get(identity: string): TrackedFile | undefined {
    return this.#byIdentity.get(identity);
  }

  /**
   * Reads a file from now on that begins with these bytes: one that is new, from `start` on, or one that was there
   * before under another name. `undefined` where it is a copy of one that is read.
   */
  track(path: string, state: FileState, fingerprint: Buffer, start: Position): TrackedFile | undefined {
    if (this.#byFingerprint.has(keyOf(fingerprint))) return undefined;
    // The longest that it continues: a short one may be the beginning of many.
    let best: Gone | undefined;
    let bestMemory: FileMemory | undefined;
    for (const gone of this.#gone) {
      const memory = gone.memory();
      if (!continues(memory.fingerprint, fingerprint)) continue;
      if (memory.fingerprint.length > (bestMemory?.fingerprint.length ?? 0))
        [best, bestMemory] = [gone, memory];
    }
    if (best !== undefined) this.#gone.splice(this.#gone.indexOf(best), 1);
    const memory = bestMemory === undefined ? memoryOf(fingerprint, start) : { ...bestMemory, fingerprint };
    const file = new TrackedFile(best?.id ?? this.#nextId++, path, state, memory);
    this.#byIdentity.set(state.identity, file);
    this.#byFingerprint.set(keyOf(fingerprint), file);
    return file;
  }

  /** It has grown, and with it the bytes by which it is known. */
  grow(file: TrackedFile, fingerprint: Buffer): void {
    if (fingerprint.length <= file.fingerprint.length) return;
    this.#forgetFingerprint(file);
    file.fingerprint = fingerprint;
    file.isDirty = true;
    this.#byFingerprint.set(keyOf(fingerprint), file);
  }

  /** It is not there any more, or begins otherwise: it is remembered for a while. */
  leave(file: TrackedFile): void {
    this.#remove(file);
    this.#gone.push({ id: file.id, file, memory: () => file.memory(), polls: 0 });
    if (this.#gone.length > mostGone) this.#forget(this.#gone.shift()!.id);
  }

  /** It was deleted by us: there is nothing to be remembered. */
  drop(file: TrackedFile): void {
    this.#remove(file);
    this.#forget(file.id);
  }

  /** A poll is over. */
  age(): void {
    for (const gone of this.#gone) gone.polls++;
    while (this.#gone[0] !== undefined && this.#gone[0].polls > this.#polls) {
      this.#forget(this.#gone.shift()!.id);
    }
  }

  #remove(file: TrackedFile): void {
    this.#byIdentity.delete(file.state.identity);
    this.#forgetFingerprint(file);
  }

  #forgetFingerprint(file: TrackedFile): void {
    const key = keyOf(file.fingerprint);
    if (this.#byFingerprint.get(key) === file) this.#byFingerprint.delete(key);
  }
}

const keyOf = (fingerprint: Buffer): string => fingerprint.toString('latin1');
