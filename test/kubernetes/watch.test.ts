import { systemRuntime } from '@tributary/collector';
import {
  createApiClient,
  watchObjects,
  type KubernetesError,
  type WatchOptions,
} from '@tributary/kubernetes';
import { virtualClock, type VirtualClock } from '@tributary/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeApiServer } from '../support/fake-api-server.js';

let server: FakeApiServer;
let clock: VirtualClock;
let told: string[];
let failures: KubernetesError[];
let stop: () => Promise<void>;

beforeEach(async () => {
  server = await new FakeApiServer().listen();
  clock = virtualClock();
  [told, failures] = [[], []];
  stop = () => Promise.resolve();
});
afterEach(async () => {
  await stop();
  await server.close();
  if (clock.pending > 0) throw new Error(`${clock.pending} timers are left`);
});

const path = '/api/v1/namespaces/shop/pods';

function pod(name: string, phase = 'up'): Parameters<FakeApiServer['put']>[0] {
  return { metadata: { name, namespace: 'shop' }, phase };
}

/** Follows the pods of the server and tells them as `a=up b=down`. */
function follow(options: Partial<WatchOptions<unknown>> = {}): Promise<void> {
  const runtime = systemRuntime({ clock, random: () => 0 });
  const access = { url: server.url, namespace: 'shop', token: () => Promise.resolve('secret') };
  const client = createApiClient({
    access,
    runtime,
    timeoutMs: 10_000,
  });
  const watch = watchObjects<unknown>({
    client,
    runtime,
    path,
    read: ({ phase }) => phase,
    onChange: (pods) =>
      told.push([...pods].map(([key, phase]) => `${key.slice(5)}=${String(phase)}`).join(' ')),
    onFailure: (error) => failures.push(error),
    ...options,
  });
  stop = async () => {
    await watch.stop();
    await client.close();
  };
  return watch.ready;
}

const watching = (): Promise<void> => vi.waitFor(() => expect(server.watches).toBe(1));
const tells = (last: string): Promise<void> => vi.waitFor(() => expect(told.at(-1)).toBe(last));
/** Waits until it waits, then lets that time pass. */
async function pause(ms: number): Promise<void> {
  await vi.waitFor(() =>
    expect(clock.timers().map((timer) => [timer.kind, timer.ms])).toEqual([['sleep', ms]]),
  );
  await clock.advance(ms);
}

describe('watchObjects', () => {
  it('lists what there is, then tells every change', async () => {
    server.put(pod('a'));
    await follow();
    expect(told).toEqual(['a=up']);
    await watching();
    server.put(pod('b'));
    await tells('a=up b=up');
    server.put(pod('a', 'down'));
    await tells('a=down b=up');
    server.delete('b');
    await tells('a=down');
    expect(server.lists).toBe(1);
  });

  it('asks with the token and the selectors, from the memory of the server', async () => {
    await follow({ labelSelector: 'app=gateway', fieldSelector: 'spec.nodeName=n1' });
    await watching();
    const [list, watch] = server.requests;
    expect(list).toMatchObject({ path, authorization: 'Bearer secret' });
    expect(list?.query.toString()).toBe(
      'limit=500&resourceVersion=0&labelSelector=app%3Dgateway&fieldSelector=spec.nodeName%3Dn1',
    );
    expect(watch?.query.toString()).toBe(
      'watch=true&allowWatchBookmarks=true&resourceVersion=100&timeoutSeconds=300&labelSelector=app%3Dgateway&fieldSelector=spec.nodeName%3Dn1',
    );
  });

  it('reads a list of several pages', async () => {
    for (let index = 0; index < 1001; index++) server.put(pod(`p${index}`));
    await follow();
    expect(told[0]?.split(' ')).toHaveLength(1001);
    expect(server.lists).toBe(3);
  });

  it('takes up a watch that has ended where it was, and misses nothing', async () => {
    server.put(pod('a'));
    await follow();
    await watching();
    await clock.advance('5m');
    server.endWatches();
    await vi.waitFor(() => expect(server.requests).toHaveLength(3));
    server.put(pod('b'));
    await tells('a=up b=up');
    expect([server.lists, failures]).toEqual([1, []]);
  });

  it('takes up a watch that was cut after a pause, and tells what came meanwhile', async () => {
    server.put(pod('a'));
    await follow();
    await watching();
    server.cut();
    server.put(pod('b'));
    await pause(800);
    await tells('a=up b=up');
    expect(server.lists).toBe(1);
    expect(failures.map(({ code }) => code)).toEqual(['unreachable']);
  });

  it('goes on from the last bookmark, though the changes before it are forgotten', async () => {
    server.put(pod('a'));
    await follow();
    await watching();
    server.bookmark();
    server.bookmark();
    server.forget();
    server.put(pod('b'));
    await tells('a=up b=up');
    server.endWatches();
    await pause(800);
    await watching();
    expect(server.lists).toBe(1);
  });

  it('lists anew where its place is forgotten, as new as it can be had', async () => {
    server.put(pod('a'));
    server.put(pod('b'));
    await follow();
    await watching();
    server.cut();
    server.delete('a');
    server.forget();
    await pause(800);
    await pause(1600);
    await tells('b=up');
    expect(
      server.requests
        .filter(({ query }) => !query.has('watch'))
        .map(({ query }) => query.get('resourceVersion')),
    ).toEqual(['0', null]);
    await watching();
  });

  it('cuts a watch that its server does not end in time, and lists nothing anew', async () => {
    await follow();
    await watching();
    await clock.advance('5m30s');
    await vi.waitFor(() => expect(server.watches).toBe(0));
    await pause(800);
    await watching();
    expect(server.lists).toBe(1);
    expect(failures.map(({ code }) => code)).toEqual(['unreachable']);
  });

  it.each([
    [401, 'unauthorized', /Unauthorized; the token of the service account is not accepted$/],
    [403, 'forbidden', /cannot list; the service account needs a role with the verbs list and watch/],
    [404, 'not-found', /refuses \/api\/v1\/namespaces\/shop\/pods: 404: no such thing$/],
    [500, 'refused', /500/],
  ] as const)('says what a status of %d means, and tries again', async (status, code, message) => {
    const said = { 401: 'Unauthorized', 403: 'cannot list', 404: 'no such thing', 500: '' }[status];
    server.refuseNext(status, said);
    server.put(pod('a'));
    await follow();
    expect(failures).toMatchObject([{ code, message: expect.stringMatching(message) as string }]);
    await pause(800);
    await tells('a=up');
  });

  it('waits longer from failure to failure, half a minute at most, and as long as it is told', async () => {
    for (let index = 0; index < 7; index++) server.refuseNext(503, '');
    server.refuseNext(429, '', { 'retry-after': '60' });
    await follow();
    for (const ms of [800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 60_000]) await pause(ms);
    await watching();
    expect(failures).toHaveLength(8);
  });

  it.each([
    ['no JSON', 'no JSON'],
    ['a list without items', '{"metadata":{"resourceVersion":"1"}}'],
    ['a list without a version', '{"metadata":{},"items":[]}'],
    ['an item without a name', '{"metadata":{"resourceVersion":"1"},"items":[{"metadata":{}}]}'],
    ['null', 'null'],
  ])('keeps what it knows where the server answers with %s', async (_, answer) => {
    server.put(pod('a'));
    await follow();
    await watching();
    server.cut();
    server.forget();
    server.put(pod('b'));
    server.forget();
    await vi.waitFor(() => expect(clock.timers().map(({ ms }) => ms)).toEqual([800]));
    await pause(800);
    server.answerNext(answer);
    await pause(1600);
    await vi.waitFor(() => expect(failures.at(-1)?.code).toBe('unreadable'));
    expect(told).toEqual(['a=up']);
    await pause(3200);
    await tells('a=up b=up');
  });

  it.each([
    ['no JSON', 'nonsense\n'],
    ['an unknown event', '{"type":"EXPLODED","object":{"metadata":{"name":"x","resourceVersion":"1"}}}\n'],
    [
      'an object that cannot be read',
      '{"type":"ADDED","object":{"metadata":{"name":"x","resourceVersion":"1"},"bad":true}}\n',
    ],
    ['a line without an end', 'x'.repeat(5 << 20)],
  ])('lists anew where the stream has %s', async (_, bytes) => {
    await follow({
      read: ({ phase, bad }) => {
        if (bad !== undefined) throw new Error('bad');
        return phase;
      },
    });
    await watching();
    server.send(bytes);
    await vi.waitFor(() => expect(failures.map(({ code }) => code)).toEqual(['unreadable']));
    server.put(pod('a'));
    await pause(800);
    await tells('a=up');
    expect(server.lists).toBe(2);
  });

  it('keeps what it knows where there are more objects than its bound', async () => {
    server.put(pod('a'));
    await follow({ maxObjects: 1 });
    await watching();
    server.put(pod('b'));
    await vi.waitFor(() =>
      expect(failures.map(({ message }) => message)).toEqual([`more than 1 objects at ${path}`]),
    );
    await pause(800);
    await vi.waitFor(() => expect(failures).toHaveLength(2));
    expect(told).toEqual(['a=up']);
  });

  it('tells nothing after it was stopped', async () => {
    await follow();
    await watching();
    await stop();
    server.put(pod('a'));
    await vi.waitFor(() => expect(server.watches).toBe(0));
    expect(told).toEqual(['']);
  });
});
