import path from 'node:path';
import {
  defineExtension,
  StorageError,
  type Component,
  type ExtensionFactory,
  type Settings,
  type Storage,
  type StorageOwner,
  type StorageProvider,
  type Timer,
} from '@tributary/component';
import { schema, type FileStorageConfig, type FileStorageSettings } from './config.js';
import { observeStores } from './metrics.js';
import { storeName } from './names.js';
import { openStore } from './open-store.js';
import type { Store } from './store.js';

const mib = 2 ** 20;

/** Who has the stores of this process that are open, of whichever extension: at a reload there may be two of one. */
const holders = new Map<string, StorageOwner>();

function create(settings: Settings<FileStorageSettings>): Component & StorageProvider {
  const { config, clock, fs, logger, meter } = settings;
  const { compaction } = config;
  const stores = new Map<string, Store>();
  /** Grown above the first threshold, and not compacted since. */
  const grown = new Set<Store>();
  const metrics = observeStores(meter, stores);
  let state: 'new' | 'started' | 'closed' = 'new';
  let timer: Timer | undefined;

  function damaged(store: string, file: string, problem: string): void {
    metrics.damaged(store);
    logger.error('A file of the storage is damaged: what cannot be read is lost', { file, problem });
  }

  async function checkDirectory(): Promise<void> {
    const { directory, create_directory: makes, directory_permissions: mode } = config;
    if (makes) await fs.mkdir(directory, { recursive: true, mode });
    const stat = await fs.stat(directory).catch((error: unknown) => {
      const hint = makes ? '' : '. You can enable the create_directory option to automatically create it';
      throw new Error(`directory must exist: ${(error as Error).message}${hint}`, { cause: error });
    });
    if (!stat.isDirectory()) throw new Error(`${directory} is not a directory`);
  }

  async function cleanUp(): Promise<void> {
    for (const file of await fs.readdir(compaction.directory)) {
      if (!file.startsWith('tempdb')) continue;
      await fs.rm(path.join(compaction.directory, file));
      logger.info('Removed what a compaction had left', { file });
    }
  }

  /** Of a Go Collector, a store is a file of this name. */
  async function warnOfOther(name: string): Promise<void> {
    const file = path.join(config.directory, name);
    const stat = await fs.stat(file).catch(() => undefined);
    if (stat?.isFile() !== true) return;
    logger.warn('A store of a Go Collector is there: what it holds is not read', { file });
  }

  async function open(name: string, directory: string): Promise<Store> {
    await warnOfOther(name);
    const store = await openStore(
      directory,
      {
        maxBytes: config.max_size,
        syncs: config.fsync,
        maxCopied: compaction.max_transaction_size,
        lockTimeoutMs: config.timeout,
        recreates: config.recreate,
      },
      { fs, clock, logger, damaged: (file, problem) => damaged(name, file, problem) },
    );
    if (compaction.on_start) await compact(name, store);
    return store;
  }

  /** What a store needs to go on does not depend on it. */
  async function compact(name: string, store: Store): Promise<void> {
    try {
      const before = store.bytes;
      await store.compact();
      logger.info('Compacted a store', { store: name, before, after: store.bytes });
    } catch (error) {
      logger.error('A store could not be compacted', { store: name, error: (error as Error).message });
    }
  }

  async function look(): Promise<void> {
    for (const [name, store] of stores) {
      if (store.bytes > compaction.rebound_needed_threshold_mib * mib) grown.add(store);
      const isSmall = store.liveBytes < compaction.rebound_trigger_threshold_mib * mib;
      if (grown.has(store) && isSmall) {
        grown.delete(store);
        await compact(name, store);
      }
    }
  }

  return {
    async start() {
      if (state !== 'new') throw new Error('a file_storage extension starts once');
      if (process.platform === 'win32') throw new Error('file_storage is not supported on Windows yet');
      state = 'started';
      await checkDirectory();
      if (compaction.cleanup_on_start) await cleanUp();
      if (compaction.on_rebound) timer = clock.every(compaction.check_interval, look);
    },

    async open(owner): Promise<Storage> {
      const name = storeName(owner);
      if (state !== 'started') throw new StorageError('failed', `${name}: the storage is not open`);
      const directory = path.resolve(config.directory, `${name}.store`);
      const holder = holders.get(directory);
      if (holder !== undefined) {
        throw new StorageError('taken', `${name} is open already`, { owner: holder });
      }
      holders.set(directory, owner);
      try {
        const store = await open(name, directory);
        stores.set(name, store);
        return letGo(store, () => {
          holders.delete(directory);
          stores.delete(name);
          grown.delete(store);
        });
      } catch (error) {
        holders.delete(directory);
        throw error;
      }
    },

    async shutdown() {
      state = 'closed';
      timer?.stop();
      // Who has opened one closes it; what is left is of those who could not.
      await Promise.all([...stores.values()].map((store) => store.close()));
      for (const name of stores.keys()) holders.delete(path.resolve(config.directory, `${name}.store`));
      stores.clear();
      metrics.end();
    },
  };
}

/** The store, for one who may open it again when he has closed it. */
function letGo(store: Store, forget: () => void): Storage {
  return {
    keys: () => store.keys(),
    get: (key) => store.get(key),
    set: (key, value) => store.set(key, value),
    delete: (key) => store.delete(key),
    batch: (operations) => store.batch(operations),
    async close() {
      await store.close();
      forget();
    },
  };
}

/** Keeps the queues of exporters and the cursors of receivers in files: `sending_queue.storage`, `storage`. */
export const fileStorage: ExtensionFactory<FileStorageConfig, StorageProvider> = defineExtension({
  type: 'file_storage',
  stability: 'beta',
  config: schema,
  create,
});
