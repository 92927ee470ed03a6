import {
  ConsumeError,
  createContext,
  StorageError,
  type Host,
  type Storage,
  type StorageOwner,
} from '@tributary/component';
import { deliver, type Deliverer, type DeliveryConfig, type QueueConfig } from '@tributary/delivery';
import { fileStorage } from '@tributary/extension-filestorage';
import { Logs } from '@tributary/pdata';
import { describe, expect, it } from 'vitest';
import { call, complete, createBackend, createWorld, numbered, shutDown, type World } from './support.js';

/** A storage in memory: what a process that was killed has left is what it holds. */
function createMemoryStorage(): {
  open: (owner: StorageOwner) => Promise<Storage>;
  readonly values: Map<string, Uint8Array>;
  /** Thrown by whatever is asked, where it is set. */
  failure: StorageError | undefined;
  isOpen: boolean;
} {
  const values = new Map<string, Uint8Array>();
  const provider = {
    values,
    failure: undefined as StorageError | undefined,
    isOpen: false,
    open: async (owner: StorageOwner): Promise<Storage> => {
      expect(owner).toEqual({ kind: 'exporter', id: 'test', name: 'logs' });
      provider.isOpen = true;
      const work = async <T>(run: () => T): Promise<T> => {
        await Promise.resolve();
        if (provider.failure !== undefined) throw provider.failure;
        return run();
      };
      return {
        keys: () => work(() => [...values.keys()]),
        get: (key) => work(() => values.get(key)),
        set: (key, value) => work(() => void values.set(key, value)),
        delete: (key) => work(() => void values.delete(key)),
        batch: (operations) =>
          work(() => {
            for (const each of operations) {
              if (each.type === 'set') values.set(each.key, each.value);
              else values.delete(each.key);
            }
          }),
        async close() {
          provider.isOpen = false;
        },
      };
    },
  };
  return provider;
}

type MemoryStorage = ReturnType<typeof createMemoryStorage>;

interface Arrangement extends World {
  readonly storage: MemoryStorage;
  readonly backend: ReturnType<typeof createBackend>;
  readonly exporter: Deliverer<'logs'>;
  /** Lets what is under way get on. */
  readonly settle: () => Promise<void>;
  /** Items that came from an earlier process, and that are left to the next. */
  readonly moved: { found: number; left: number };
}

async function arrange(
  storage: MemoryStorage = createMemoryStorage(),
  queue: QueueConfig = {},
  config: DeliveryConfig = {},
): Promise<Arrangement> {
  const world = createWorld();
  const backend = createBackend(world.clock);
  const moved = { found: 0, left: 0 };
  const exporter = deliver<'logs'>(
    {
      ...world.settings,
      ledger: {
        ...world.settings.ledger,
        created: (items) => void (moved.found += items),
        absorbed: (items) => void (moved.left += items),
      },
      config: complete({
        timeout: '0s',
        ...config,
        sending_queue: { storage: fileStorage(), ...queue },
      }),
    },
    backend.send,
  );
  await exporter.start?.({ extension: () => storage, report() {} } as unknown as Host);
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await world.clock.advance(0);
  };
  await settle();
  return { ...world, storage, backend, exporter, settle, moved };
}

describe('a queue in a storage', () => {
  it('accepts what is stored, and takes it out when it is delivered or has failed for good', async () => {
    const { exporter, storage, backend, settle, dropped } = await arrange();
    const calls = [call(exporter, numbered(1, 2)), call(exporter, numbered(3))];
    expect(calls[0]!.outcome).toBe('waiting');
    await settle();
    expect(calls.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
    expect([...storage.values.keys()]).toEqual([
      expect.stringMatching(/^q1\/0000000000000000\/2\//),
      expect.stringMatching(/^q1\/0000000000000001\/1\//),
    ]);
    backend.attempts[0]!.succeed();
    await settle();
    expect(storage.values.size).toBe(1);
    backend.attempts[1]!.fail(new Error('no'));
    await shutDownNow(exporter, settle);
    expect([storage.values.size, dropped.size, storage.isOpen]).toEqual([1, 0, false]);
  });

  it('sends after a kill what was not delivered, in its order, before what comes new', async () => {
    const storage = createMemoryStorage();
    const first = await arrange(storage, { num_consumers: 1 });
    for (const number of [1, 2, 3]) call(first.exporter, numbered(number));
    await first.settle();
    first.backend.attempts[0]!.succeed();
    await first.settle();
    // That process is no more.
    const { exporter, backend, settle, moved, heldItems } = await arrange(storage, { num_consumers: 1 });
    expect([moved.found, heldItems()]).toEqual([2, 2]);
    call(exporter, numbered(4));
    for (let i = 0; i < 3; i++) {
      await settle();
      backend.attempts[i]!.succeed();
    }
    await settle();
    expect(backend.attempts.map(({ numbers }) => numbers)).toEqual([[2], [3], [4]]);
    expect([storage.values.size, heldItems()]).toEqual([0, 0]);
  });

  it('keeps at a shutdown what a destination that is down has not taken', async () => {
    const storage = createMemoryStorage();
    const first = await arrange(storage);
    first.backend.answer = () => {
      throw new Error('down');
    };
    for (const number of [1, 2, 3]) call(first.exporter, numbered(number));
    await first.settle();
    await shutDownNow(first.exporter, first.settle);
    expect([storage.values.size, first.dropped.size, first.moved.left, first.heldItems()]).toEqual([
      3, 0, 3, 0,
    ]);
    const second = await arrange(storage);
    expect(second.backend.attempts.map(({ numbers }) => numbers)).toEqual([[1], [2], [3]]);
    for (const attempt of second.backend.attempts) attempt.succeed();
    await second.settle();
    expect(storage.values.size).toBe(0);
  });

  it('keeps of a request what is left of it', async () => {
    const storage = createMemoryStorage();
    const first = await arrange(storage);
    call(first.exporter, numbered(1, 2, 3));
    await first.settle();
    const ending = shutDown(first.exporter);
    first.backend.attempts[0]!.fail(new ConsumeError('retryable', 'busy', { rejected: numbered(2, 3) }));
    await first.settle();
    expect(ending.isDone).toBe(true);
    expect([...storage.values.keys()]).toEqual([expect.stringMatching(/^q1\/0000000000000000\/2\//)]);
    const second = await arrange(storage);
    expect(second.backend.attempts.map(({ numbers }) => numbers)).toEqual([[2, 3]]);
  });

  it('brings the sender of a request through, but for what an auth extension found out', async () => {
    const storage = createMemoryStorage();
    const first = await arrange(storage, { num_consumers: 1 });
    const client = {
      address: '10.0.0.1:4711',
      metadata: new Map([['tenant', ['a', 'b']]]),
    };
    call(first.exporter, numbered(1), createContext({ client: { ...client, auth: { token: 'secret' } } }));
    await first.settle();
    const second = await arrange(storage);
    expect(second.backend.attempts[0]!.context.client).toEqual(client);
    expect([...storage.values.values()].join()).not.toContain('secret');
  });

  it('is full at queue_size, with what an earlier process has left', async () => {
    const storage = createMemoryStorage();
    const first = await arrange(storage, { queue_size: 2 });
    for (const number of [1, 2]) call(first.exporter, numbered(number));
    await first.settle();
    const { exporter, backend, settle } = await arrange(storage, { queue_size: 2 });
    const refused = call(exporter, numbered(3));
    expect(refused).toMatchObject({ outcome: 'refused', error: { kind: 'refused' } });
    expect(exporter.admit?.(1)).toEqual({ retryAfterMs: expect.any(Number) });
    backend.attempts[0]!.succeed();
    await settle();
    const accepted = call(exporter, numbered(3));
    await settle();
    expect(accepted.outcome).toBe('accepted');
  });

  it('lets those wait for whom there is no room, where it is told to', async () => {
    const { exporter, backend, settle } = await arrange(undefined, {
      queue_size: 1,
      block_on_overflow: true,
    });
    const calls = [1, 2].map((number) => call(exporter, numbered(number)));
    await settle();
    expect(calls.map(({ outcome }) => outcome)).toEqual(['accepted', 'waiting']);
    backend.attempts[0]!.succeed();
    await settle();
    expect(calls[1]!.outcome).toBe('accepted');
  });

  it('refuses, to be tried again, what a storage has no room for', async () => {
    const { exporter, storage, settle, heldItems } = await arrange();
    storage.failure = new StorageError('full', '/var/x is full');
    const refused = call(exporter, numbered(1));
    await settle();
    expect(refused).toMatchObject({
      outcome: 'refused',
      error: {
        kind: 'refused',
        message: 'the sending queue could not be stored: /var/x is full',
        retryAfterMs: 1_000,
      },
    });
    expect(heldItems()).toBe(0);
    storage.failure = undefined;
    const accepted = call(exporter, numbered(2));
    await settle();
    expect(accepted.outcome).toBe('accepted');
  });

  it('counts and names what is stored and cannot be read, and goes on behind it', async () => {
    const storage = createMemoryStorage();
    const first = await arrange(storage);
    for (const number of [1, 2, 3]) call(first.exporter, numbered(number));
    await first.settle();
    const [one, two] = [...storage.values.keys()];
    storage.values.set(one!, Buffer.from([9, 0, 0, 0, 0]));
    storage.values.get(two!)!.fill(0xff, 5);
    storage.values.set('of somebody else', Buffer.alloc(0));
    const { backend, dropped, lines, settle } = await arrange(storage);
    await settle();
    expect(backend.attempts.map(({ numbers }) => numbers)).toEqual([[3]]);
    expect([...dropped]).toEqual([['unreadable', 2]]);
    expect(lines.map(({ message, fields }) => [message, fields['error'] ?? fields['keys']])).toEqual([
      ['The storage has keys that are not of this queue: they stay there', 1],
      ['Found what an earlier process has not sent', undefined],
      ['A stored request cannot be read. Dropping data.', 'version 9 of its format is not known'],
      ['A stored request cannot be read. Dropping data.', expect.any(String)],
    ]);
    expect(storage.values.size).toBe(2);
  });

  it('asks a disk that does not answer again', async () => {
    const storage = createMemoryStorage();
    const first = await arrange(storage);
    call(first.exporter, numbered(1));
    await first.settle();
    const second = createMemoryStorage();
    for (const [key, value] of storage.values) second.values.set(key, value);
    const open = second.open;
    let failures = 2;
    second.open = async (owner) => {
      const opened = await open(owner);
      return {
        ...opened,
        async get(key) {
          if (failures-- > 0) throw new StorageError('failed', 'EIO');
          return opened.get(key);
        },
      };
    };
    const { backend, clock, settle } = await arrange(second);
    expect(backend.attempts).toEqual([]);
    await clock.advance(2_000);
    await settle();
    expect(backend.attempts.map(({ numbers }) => numbers)).toEqual([[1]]);
  });

  it('reads again what is too much to be kept in memory', async () => {
    const { exporter, backend, settle, heldBytes } = await arrange(undefined, { num_consumers: 1 });
    const body = 'x'.repeat(2 ** 20);
    for (let i = 0; i < 24; i++) {
      const logs = Logs.create();
      const scope = logs.addResourceLogs().addScope();
      scope.add({ body: i });
      scope.add({ body });
      call(exporter, logs);
    }
    await settle();
    expect(heldBytes()).toBeLessThan(18 * 2 ** 20);
    for (let i = 0; i < 24; i++) {
      backend.attempts[i]!.succeed();
      await settle();
    }
    expect(backend.attempts.map(({ numbers }) => numbers[0])).toEqual(
      Array.from({ length: 24 }, (_, i) => i),
    );
  });

  it('puts together what an earlier process has left', async () => {
    const storage = createMemoryStorage();
    const first = await arrange(storage);
    for (const number of [1, 2, 3]) call(first.exporter, numbered(number));
    await first.settle();
    const { backend, clock, settle } = await arrange(storage, { batch: { min_size: 100 } });
    await clock.advance(200);
    await settle();
    expect(backend.attempts.map(({ numbers }) => numbers)).toEqual([[1, 2, 3]]);
    backend.attempts[0]!.succeed();
    await settle();
    expect(storage.values.size).toBe(0);
  });

  it('does not start with an extension that is no storage', async () => {
    const { settings, clock } = createWorld();
    const config = complete({ sending_queue: { storage: fileStorage() } });
    const exporter = deliver<'logs'>({ ...settings, config }, createBackend(clock).send);
    const host = { extension: () => ({}), report() {} } as unknown as Host;
    await expect(exporter.start?.(host)).rejects.toThrow(
      'sending_queue.storage: requested extension is not a storage extension',
    );
  });
});

async function shutDownNow(exporter: Deliverer<'logs'>, settle: () => Promise<void>): Promise<void> {
  const ending = shutDown(exporter);
  await settle();
  expect(ending.isDone).toBe(true);
}
