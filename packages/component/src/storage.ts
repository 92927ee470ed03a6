/**
 * A small store of bytes by key that outlives the process: what a persistent queue and the place reached in a
 * log file need, and what a storage extension gives.
 *
 * What has resolved outlives the process, and the machine where the extension says so. Writes take effect in the
 * order in which they were asked for; `get` and `keys` see those that have resolved.
 *
 * All throw a {@link StorageError}.
 */
export interface Storage {
  /** All keys there are, in no order. */
  keys(): Promise<readonly string[]>;
  /** `undefined` where there is none. The bytes are the caller's. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** The bytes must not change until it has resolved. */
  set(key: string, value: Uint8Array): Promise<void>;
  /** Without effect where there is none. */
  delete(key: string): Promise<void>;
  /** All of it or nothing, also when the process is killed. In order: of two writes to a key the later one holds. */
  batch(operations: readonly StorageOperation[]): Promise<void>;
  /** What was asked for before is done first. Safe twice. */
  close(): Promise<void>;
}

/** One write of a {@link Storage.batch}. */
export type StorageOperation =
  | { readonly type: 'set'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'delete'; readonly key: string };

/** What a storage extension provides: `host.extension(config.storage)`. */
export interface StorageProvider {
  /**
   * The client of one part of one component: no other sees its keys. Whoever has it has it alone until it is
   * closed: to open it again before that throws.
   */
  open(owner: StorageOwner): Promise<Storage>;
}

/** Whose keys they are. The Collector tells its clients apart by the same three. */
export interface StorageOwner {
  readonly kind: 'receiver' | 'processor' | 'exporter' | 'extension' | 'connector';
  /** Of the component: `otlp/backup`. */
  readonly id: string;
  /** What the store is called by in its place, such as an older name of the type. */
  readonly storeId?: string | undefined;
  /** Which of several stores of one component: the signal, of a sending queue. Default none. */
  readonly name?: string | undefined;
}

/**
 * Why a store did not do what it was asked for:
 *
 * - `full`: there is no room for it, in the store or on its disk. What is stored is still there, and `delete` works,
 *   though what it deletes may come again with the next process;
 * - `damaged`: what was stored cannot be read any more;
 * - `taken`: another part of this process has it open, `owner`: a reload ends that one before;
 * - `failed`: anything else, such as a disk that does not answer; it may pass.
 */
export type StorageErrorCode = 'full' | 'damaged' | 'taken' | 'failed';

const brand = Symbol.for('tributary/storage-error');

/** See {@link StorageErrorCode}. The message names the file. */
export class StorageError extends Error {
  readonly code: StorageErrorCode;
  /** Who has the store, where it is `taken`. */
  readonly owner: StorageOwner | undefined;

  constructor(
    code: StorageErrorCode,
    message: string,
    { owner, ...options }: ErrorOptions & { readonly owner?: StorageOwner | undefined } = {},
  ) {
    super(message, options);
    this.name = 'StorageError';
    this.code = code;
    this.owner = owner;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Also of another copy of this package. */
  static is(error: unknown): error is StorageError {
    return typeof error === 'object' && error !== null && brand in error;
  }
}
