import { gzipSync } from 'node:zlib';
import { imbalances } from '@tributary/collector';
import { describe, expect, it } from 'vitest';
import { millionsOfSpans } from '../support/wire.js';
import { CollectorProcess } from './memory/collector-process.js';
import { Load, spanBytes, type Protocol } from './memory/load.js';
import { Backend } from './memory/peer-process.js';

// The collector under proof may have 128 MiB; its process may take twice that.
const limitMib = 128;
const maxRssMib = 256;
const maxResumeMs = 3000;

const isLong = process.env['TRIBUTARY_PROVE'] === '1';
const offeredMib = isLong ? 1024 : 160;
const spansPerRequest = 1000;

const protocols: readonly Protocol[] = [
  { name: 'grpc', compression: 'none' },
  { name: 'http', compression: 'none' },
  { name: 'grpc', compression: 'gzip' },
  { name: 'http', compression: 'gzip' },
];
const shapes = [
  { connections: 8, parallel: 32 },
  { connections: 64, parallel: 128 },
] as const;

/** What happened to one collector under an overload. */
interface Overload {
  readonly peakMib: number;
  readonly load: Load;
  /** From the return of the backend to the first request that was accepted after it. */
  readonly resumedAfterMs: number;
  readonly lost: number;
  readonly twice: number;
  readonly exit: number | string;
  readonly imbalances: readonly string[];
}

interface Scenario {
  readonly protocol: Protocol;
  readonly connections: number;
  readonly parallel: number;
  readonly mib: number;
  readonly limitMib?: number | undefined;
}

/**
 * Offers everything once while the backend stalls, lets the backend return, and goes on for a while. Clients
 * come again when they were told to.
 */
async function overload({ protocol, connections, parallel, mib, limitMib }: Scenario): Promise<Overload> {
  const requests = Math.ceil((mib << 20) / (spansPerRequest * spanBytes));
  await using backend = await Backend.start(requests * spansPerRequest);
  await using collector = await CollectorProcess.start({ backend: backend.endpoint, limitMib });
  const endpoint = protocol.name === 'grpc' ? collector.grpc : collector.http;
  const load = new Load({ protocol, endpoint, requests, spansPerRequest, connections, parallel });
  await backend.stall();
  const running = load.run();
  await until(() => load.isOfferedOnce || collector.mib('VmHWM') > maxRssMib);
  const returnedAtMs = Date.now();
  await backend.resume();
  await until(() => load.told.lastAcceptedAtMs >= returnedAtMs || load.isDone);
  const resumedAfterMs = load.told.lastAcceptedAtMs - returnedAtMs;
  // All of it would take minutes, since there is room for few requests at a time.
  await until(() => load.isDone, isLong ? 60_000 : 5000);
  load.stop();
  await running;
  const peakMib = collector.mib('VmHWM');
  const { balance } = await collector.ask('stop');
  const exit = await collector.exit;
  const arrivals = await backend.arrivals();
  let lost = 0;
  let twice = 0;
  for (let span = 0; span < arrivals.length; span++) {
    if (arrivals[span] === 0 && load.acknowledged[Math.floor(span / spansPerRequest)] === 1) lost++;
    if (arrivals[span]! > 1) twice++;
  }
  const { attempts, refusals, accepted: taken, offeredBytes, maxHintMs } = load.told;
  console.log(
    `${protocol.name} ${protocol.compression}, ${connections} connections, ${parallel} requests at a time, limit ${limitMib ?? 'none'}: ` +
      `peak ${Math.round(peakMib)} MiB; ${Math.round(offeredBytes / 2 ** 20)} MiB offered in ${attempts} requests, ` +
      `${taken} taken, ${refusals} refused, hints up to ${maxHintMs} ms; first taken ${Math.round(resumedAfterMs)} ms ` +
      `after the return; ${lost} spans lost, ${twice} twice`,
  );
  return { peakMib, load, resumedAfterMs, lost, twice, exit, imbalances: imbalances(balance) };
}

/** Bounded: a proof that hangs proves nothing. */
async function until(isSo: () => boolean, limitMs = 180_000): Promise<void> {
  const endMs = Date.now() + limitMs;
  while (!isSo() && Date.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a backend that stalls', () => {
  const scenarios = protocols.flatMap((protocol) => shapes.map((shape) => ({ protocol, ...shape })));
  it.each(isLong ? scenarios : scenarios.slice(0, 3).filter(({ parallel }) => parallel === 32))(
    'costs no more memory than allowed, and nothing that was acknowledged: $protocol.name $protocol.compression, $parallel at a time',
    async (scenario) => {
      const outcome = await overload({ ...scenario, mib: offeredMib, limitMib });
      const { told } = outcome.load;
      expect(told.offeredBytes).toBeGreaterThanOrEqual(offeredMib * 2 ** 20);
      expect(told.refusals).toBeGreaterThan(0);
      expect(told.withoutHint).toEqual([]);
      expect(told.permanent).toEqual([]);
      expect(outcome.peakMib).toBeLessThanOrEqual(maxRssMib);
      expect(outcome.resumedAfterMs).toBeLessThanOrEqual(maxResumeMs);
      expect(outcome.lost).toBe(0);
      expect(outcome.imbalances).toEqual([]);
      expect(outcome.exit).toBe(0);
    },
  );

  it('costs more than allowed without a memory limiter, so that this would be noticed', async () => {
    const { peakMib } = await overload({ ...shapes[0], protocol: protocols[0]!, mib: 320 });
    expect(peakMib).toBeGreaterThan(maxRssMib);
  });
});

describe('a small body that holds millions of empty spans', () => {
  const bomb = gzipSync(millionsOfSpans(), { level: 9 });

  const bombs = isLong ? 10 : 3;

  it('is refused as too large, and costs the process little', async () => {
    await using backend = await Backend.start(1);
    await using collector = await CollectorProcess.start({ backend: backend.endpoint, limitMib });
    expect(bomb.byteLength).toBeLessThan(20_000);
    for (let times = 0; times < bombs; times++) {
      const { status } = await fetch(`${collector.http}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
        body: new Uint8Array(bomb),
      });
      expect([413, 503]).toContain(status);
    }
    const peakMib = collector.mib('VmHWM');
    console.log(
      `${bombs} bodies of ${bomb.byteLength} bytes with nine million spans: peak ${Math.round(peakMib)} MiB`,
    );
    expect(peakMib).toBeLessThanOrEqual(maxRssMib);
  });
});
