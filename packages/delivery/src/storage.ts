/**
 * A small store of bytes by key that outlives the process: what a persistent queue
 * needs, and what a storage extension gives.
 *
 * What has resolved is on disk. Whoever has a client has it alone, and does not ask
 * for the next thing before the last has resolved where their order matters.
 */
export interface Storage {
  /** `undefined` where there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  set(key: string, value: Uint8Array): Promise<void>;
  /** Without effect where there is none. */
  delete(key: string): Promise<void>;
  /** All of it or nothing, also when the process is killed. */
  batch(operations: readonly StorageOperation[]): Promise<void>;
  close(): Promise<void>;
}

/** One write of a {@link Storage.batch}. */
export type StorageOperation =
  | { readonly type: 'set'; readonly key: string; readonly value: Uint8Array }
  | { readonly type: 'delete'; readonly key: string };

/** What a storage extension provides: `host.extension(config.sending_queue.storage)`. */
export interface StorageProvider {
  /** The client of one part of one component: no other sees its keys. */
  open(owner: StorageOwner): Promise<Storage>;
}

/** Whose keys they are. The Collector tells its clients apart by the same three. */
export interface StorageOwner {
  /** Of the component: `exporter`. */
  readonly kind: string;
  /** Of the component: `otlp/backup`. */
  readonly id: string;
  readonly signal: string;
}
