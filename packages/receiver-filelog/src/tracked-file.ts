import type { FileHandle } from 'node:fs/promises';
import type { EntryMap } from '@tributary/stanza';
import type { FileState } from './files.js';
import { beginning, type Position } from './position.js';
import { Progress } from './progress.js';

/** What is known of a file when it is not there: what a checkpoint keeps. */
export interface FileMemory {
  /** Its first bytes, which tell it from others whatever it is called. */
  readonly fingerprint: Buffer;
  readonly position: Position;
  /** Of a compressed file, its size when all of it was read. */
  readonly finishedBytes: number;
  /** What its header has said so far. */
  readonly header: EntryMap;
  readonly isHeaderOver: boolean;
}

/** A file that is read. */
export class TrackedFile {
  /** Names it in the checkpoints. */
  readonly id: number;
  fingerprint: Buffer;
  path: string;
  /** When it was looked at last. */
  state: FileState;
  /** Where to read on. */
  next: Position;
  /** What the pipeline has taken. */
  readonly progress: Progress;
  finishedBytes: number;
  header: EntryMap;
  isHeaderOver: boolean;
  handle: FileHandle | undefined;
  /** Under way. */
  reading: Promise<void> | undefined;
  /** Since when nothing came to what has no end yet; `undefined` where all has one. */
  tailSinceMs: number | undefined;
  /** Polls in which it was not there. */
  missedPolls = 0;
  /** Its checkpoint is not up to date. */
  isDirty = true;
  /** Set on each of its records. */
  attributes: Readonly<Record<string, string>> = {};

  constructor(id: number, path: string, state: FileState, memory: FileMemory) {
    this.id = id;
    this.path = path;
    this.state = state;
    this.fingerprint = memory.fingerprint;
    this.next = memory.position;
    this.finishedBytes = memory.finishedBytes;
    this.header = memory.header;
    this.isHeaderOver = memory.isHeaderOver;
    this.progress = new Progress(memory.position, () => (this.isDirty = true));
  }

  /** As if it had not been read, or only up to `position`. */
  reset(position: Position): void {
    this.next = position;
    this.progress.reset(position);
    this.finishedBytes = 0;
    if (position.offset === 0) {
      this.header = {};
      this.isHeaderOver = false;
    }
    this.tailSinceMs = undefined;
    this.isDirty = true;
  }

  memory(): FileMemory {
    const { fingerprint, progress, finishedBytes, header, isHeaderOver } = this;
    return { fingerprint, position: progress.position, finishedBytes, header, isHeaderOver };
  }
}

/** Of a file that is new. */
export function memoryOf(fingerprint: Buffer, position: Position = beginning): FileMemory {
  return { fingerprint, position, finishedBytes: 0, header: {}, isHeaderOver: false };
}
