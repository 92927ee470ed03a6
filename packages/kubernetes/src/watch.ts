import type { Runtime } from '@tributary/component';
import { messageIn, refusal, type ApiClient } from './api-client.js';
import { createBackoff } from './backoff.js';
import { KubernetesError, messageOf } from './errors.js';

/** Which objects to follow, and what to keep of them. */
export interface WatchOptions<T> {
  readonly client: ApiClient;
  readonly runtime: Pick<Runtime, 'clock' | 'random'>;
  /** Of the collection: `/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices`. */
  readonly path: string;
  /** Default: all. */
  readonly labelSelector?: string | undefined;
  /** Default: all. */
  readonly fieldSelector?: string | undefined;
  /** More is a failure, and what was known stays. Default 100,000. */
  readonly maxObjects?: number | undefined;
  /** Makes of an object what is to be kept. What it throws is a failure. */
  read(object: Readonly<Record<string, unknown>>): T;
  /**
   * Told what there is, by `namespace/name`, after every change; the map is the same one each time. `key` is what has
   * changed; undefined: perhaps everything, as at the first time.
   */
  onChange(objects: ReadonlyMap<string, T>, key: string | undefined): void;
  /** Told what went wrong. What was known stays, and it is tried again. */
  onFailure(error: KubernetesError): void;
}

/** Follows objects until it is stopped. */
export interface Watch {
  /** Resolves when the objects are known, or the first attempt to list them has failed. */
  readonly ready: Promise<void>;
  /** Nothing is told after it was called. */
  stop(): Promise<void>;
}

const defaultMaxObjects = 100_000;
const pageSize = 500;
/** The server ends a watch after this time, and as much again by chance, as client-go asks for. */
const watchSeconds = 300;
/** A watch that its server does not end is cut so much later. */
const graceMs = 30_000;
/** A watch that ended before was no success. */
const longEnoughMs = 5000;

/**
 * Lists objects, then watches what becomes of them. A watch that ends or breaks is taken up where it was; where the
 * server no longer knows that place, they are listed anew.
 */
export function watchObjects<T>(options: WatchOptions<T>): Watch {
  const { client, runtime, path, maxObjects = defaultMaxObjects } = options;
  const { clock, random } = runtime;
  const backoff = createBackoff(random);
  const end = new AbortController();
  /** One object for all time: who is told of it may keep it. */
  const objects = new Map<string, T>();
  /** The place in the history of changes; undefined: the objects must be listed. */
  let version: string | undefined;
  /** A server that has forgotten a place may have no older list either: the next one is to be up to date. */
  let mustBeNewest = false;

  function query(parameters: Readonly<Record<string, string>>): URLSearchParams {
    const all = new URLSearchParams(parameters);
    if (options.labelSelector !== undefined) all.set('labelSelector', options.labelSelector);
    if (options.fieldSelector !== undefined) all.set('fieldSelector', options.fieldSelector);
    return all;
  }

  async function list(): Promise<void> {
    const found = new Map<string, T>();
    let next = '';
    let listed: string;
    do {
      const parameters: Record<string, string> = { limit: String(pageSize) };
      if (next !== '') parameters['continue'] = next;
      // From the server's memory, instead of asking the database for each of many pods.
      else if (!mustBeNewest) parameters['resourceVersion'] = '0';
      const document = record(await client.read(path, query(parameters), end.signal), 'a list');
      const metadata = record(document['metadata'], 'metadata of a list');
      if (!Array.isArray(document['items'])) throw unreadable('a list without items');
      for (const item of document['items'] as unknown[]) {
        const object = record(item, 'an item');
        put(found, keyOf(object), options.read(object));
      }
      next = optionalText(metadata['continue']);
      listed = text(metadata['resourceVersion'], 'the resourceVersion of a list');
    } while (next !== '');
    objects.clear();
    for (const [key, object] of found) objects.set(key, object);
    version = listed;
    mustBeNewest = false;
    options.onChange(objects, undefined);
  }

  function put(into: Map<string, T>, key: string, object: T): void {
    if (into.size >= maxObjects && !into.has(key)) {
      throw new KubernetesError('unreadable', `more than ${maxObjects} objects at ${path}`);
    }
    into.set(key, object);
  }

  async function watch(from: string): Promise<void> {
    const seconds = Math.ceil(watchSeconds * (1 + random()));
    const cut = new AbortController();
    const stop = (): void => cut.abort();
    end.signal.addEventListener('abort', stop, { once: true });
    const timer = clock.after(seconds * 1000 + graceMs, stop);
    try {
      const parameters = {
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: from,
        timeoutSeconds: String(seconds),
      };
      for await (const event of client.stream(path, query(parameters), cut.signal)) {
        if (end.signal.aborted) return;
        take(record(event, 'an event'));
      }
    } finally {
      timer.stop();
      end.signal.removeEventListener('abort', stop);
    }
  }

  function take({ type, object: given }: Readonly<Record<string, unknown>>): void {
    const object = record(given, 'the object of an event');
    if (type === 'ERROR') {
      throw refusal(Number(object['code']), `${path}: ${String(object['code'])}${messageIn(object)}`);
    }
    const metadata = record(object['metadata'], 'metadata of an object');
    const next = text(metadata['resourceVersion'], 'the resourceVersion of an object');
    if (type === 'ADDED' || type === 'MODIFIED') {
      const key = keyOf(object);
      put(objects, key, options.read(object));
      version = next;
      options.onChange(objects, key);
    } else if (type === 'DELETED') {
      const key = keyOf(object);
      version = next;
      if (objects.delete(key)) options.onChange(objects, key);
    } else if (type === 'BOOKMARK') {
      version = next;
    } else {
      throw unreadable(`an event of type ${JSON.stringify(type)}`);
    }
  }

  /** One list, or one watch. Resolves with the time to wait before the next. */
  async function step(): Promise<number> {
    const startMs = clock.monotonic();
    try {
      if (version === undefined) {
        await list();
        backoff.reset();
        return 0;
      }
      await watch(version);
      if (clock.monotonic() - startMs < longEnoughMs) return backoff.nextMs();
      backoff.reset();
      return 0;
    } catch (thrown) {
      if (end.signal.aborted) return 0;
      if (clock.monotonic() - startMs >= longEnoughMs) backoff.reset();
      const error = KubernetesError.is(thrown) ? thrown : unreadable(messageOf(thrown), thrown);
      if (error.code === 'gone') {
        version = undefined;
        mustBeNewest = true;
        // What happens to every watch that was away for long is no failure.
        return backoff.nextMs();
      }
      // What cannot be read now would come again: better to begin anew than to stand at one place.
      if (error.code === 'unreadable') version = undefined;
      options.onFailure(error);
      return Math.max(backoff.nextMs(), Math.min(error.retryAfterMs ?? 0, 300_000));
    }
  }

  let tellReady = (): void => {};
  const ready = new Promise<void>((resolve) => (tellReady = resolve));

  async function run(): Promise<void> {
    while (!end.signal.aborted) {
      const pauseMs = await step();
      tellReady();
      // The sleep rejects where it is aborted, and then there is no next step.
      if (pauseMs > 0) await clock.sleep(pauseMs, end.signal).catch(() => {});
    }
  }

  const running = run();
  return {
    ready,
    async stop() {
      end.abort();
      tellReady();
      await running;
    },
  };
}

function keyOf(object: Readonly<Record<string, unknown>>): string {
  const { namespace, name } = record(object['metadata'], 'metadata of an object');
  return `${optionalText(namespace)}/${text(name, 'the name of an object')}`;
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as never;
  throw unreadable(`${what} that is no object`);
}

function text(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw unreadable(`no text for ${what}`);
}

const optionalText = (value: unknown): string => (typeof value === 'string' ? value : '');

function unreadable(what: string, cause?: unknown): KubernetesError {
  return new KubernetesError('unreadable', `the API server answers with ${what}`, { cause });
}
