import { afterAll, describe, expect, it } from 'vitest';
import { hasProcessStatus } from '../support/process-status.js';
import { attacks } from '../hostile/attacks/index.js';
import { gzipBomb } from '../hostile/attacks/bombs.js';
import { SlowClients, slowHttp1 } from '../hostile/attacks/http1.js';
import { protobuf, Victim } from '../hostile/victim.js';
import { maxRssMib, withstand, type Withstood } from '../hostile/withstand.js';
import { isLong } from './support/chain.js';
import { printTable } from './support/table.js';

// Hostile clients, one kind after the other. While the connections of each are there, good requests by both
// protocols are taken; no attack ends the process, makes it log an error, leaves a descriptor open, takes more
// memory than allowed, or brings the backend what cannot be decoded.

describe.skipIf(!hasProcessStatus)('hostile input', () => {
  const outcomes: Withstood[] = [];
  afterAll(() => printTable(`Hostile input; peaks may be ${maxRssMib} MiB`, outcomes));

  it.each(attacks)('$name', async (attack) => {
    // One for each: memory that was free once is not given back, and would count for the next one.
    await using victim = await Victim.start(attack.keys);
    outcomes.push(await withstand(victim, attack, isLong ? attack.long : attack.short));
  });
});

describe.skipIf(!hasProcessStatus)('negative controls', () => {
  it('a strict backend refuses what is not repaired', async () => {
    await using victim = await Victim.start({ more: 'repair_utf8: false' });
    // A span whose name is one byte that is no UTF-8.
    const told = await victim.post('traces', Buffer.from('0a07120512032a01ff', 'hex'), protobuf);
    expect(told).toBe('http 400');
    expect(victim.backend.problems).toEqual([expect.stringContaining('utf-8')]);
  });

  it('a bomb takes more memory than allowed where the limit is a gigabyte', async () => {
    await using victim = await Victim.start({ http: 'max_request_body_size: 1073741824' });
    victim.forgetPeak();
    await victim.post('traces', gzipBomb(), { ...protobuf, 'content-encoding': 'gzip' });
    expect(victim.peakMib).toBeGreaterThan(maxRssMib);
  });

  it('slow clients stay where there are no limits of time, until those of others have long been cut off', async () => {
    await using patient = await Victim.start({ http: 'read_header_timeout: 0s, read_timeout: 0s' });
    await using victim = await Victim.start(slowHttp1.keys);
    await using slow = new SlowClients(patient, 12);
    await slowHttp1.lay(victim, 12);
    expect(slow.open).toBe(12);
  });
});
