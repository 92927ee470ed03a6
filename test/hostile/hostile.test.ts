import { connect } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { hasProcessStatus } from '../support/process-status.js';
import { readText } from '../support/repository-files.js';
import { Heard, type Attack } from './attack.js';
import { attacks } from './attacks/index.js';
import { Victim, type ReceiverKeys } from './victim.js';
import { withstand } from './withstand.js';

// Memory and descriptors of a process are read from `/proc`, which Linux alone has. The long form is
// `test/proofs/hostile.proof.test.ts`.
describe.skipIf(!hasProcessStatus)('the collector withstands', () => {
  /** By their keys: those that have the same share one. */
  const victims = new Map<ReceiverKeys | undefined, Promise<Victim>>();
  const victimOf = ({ keys }: Attack): Promise<Victim> => {
    const victim = victims.get(keys) ?? Victim.start(keys);
    victims.set(keys, victim);
    return victim;
  };
  afterAll(async () => {
    for (const victim of victims.values()) await (await victim)[Symbol.asyncDispose]();
  });

  it.each(attacks)('$name', async (attack) => {
    await withstand(await victimOf(attack), attack, attack.short);
  });

  it('nothing that leaves its connections behind, which would be noticed', async () => {
    const sticky: Attack = {
      name: 'sticky',
      unit: 'connections',
      short: 10,
      long: 10,
      async lay(victim, times) {
        const [host, port] = victim.http.split(':');
        const sockets = Array.from({ length: times }, () => connect(Number(port), host));
        await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
        return { heard: new Heard(), lift() {} };
      },
    };
    const victim = await victimOf(sticky);
    await expect(withstand(victim, sticky, sticky.short, 100)).rejects.toThrow('for its connections to go');
  });
});

describe('docs/security.md', () => {
  it('names every attack, and no other', () => {
    const named = [...readText('docs/security.md').matchAll(/^\| ([^|]+?) \|.*attacks\//gm)].map(
      ([, name]) => name,
    );
    expect(new Set(named)).toEqual(new Set(attacks.map(({ name }) => name)));
  });
});
