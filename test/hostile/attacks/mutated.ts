/** Requests that were good until something happened to their bytes. */
import fc from 'fast-check';
import { batchFactory, type Signal } from '@tributary/pdata';
import { expect } from 'vitest';
import { anyRequest } from '../../../packages/pdata/test/any-request.js';
import { anyDamage, anyPick, type Damage } from '../../../packages/pdata/test/damage.js';
import { Heard, inParallel, over, type Attack, type Siege } from '../attack.js';
import { readStrictly } from '../strict-backend.js';
import { json, protobuf, type Told, type Victim } from '../victim.js';

const atOnce = 32;

interface Mutated {
  readonly signal: Signal;
  readonly bytes: Buffer;
}

const anySignal = fc.constantFrom<Signal>('traces', 'metrics', 'logs', 'profiles');

/** By {@link anyDamage}, one to three times. */
const anyProtobuf: fc.Arbitrary<Mutated> = anySignal.chain((signal) =>
  fc
    .tuple(anyRequest(signal), fc.array(anyDamage, { minLength: 1, maxLength: 3 }))
    .map(([request, damages]) => ({ signal, bytes: damaged(request, damages) })),
);

/** What JSON means something by, and what it does not know. */
const tokens =
  '{ } [ ] {} [[]] " "" , : - \\ \\ud800 \0 null NaN 1e999 18446744073709551616 "stringValue": "arrayValue":{"values":[';
const anyToken = fc.constantFrom(...tokens.split(' '));

const anyTextDamage: fc.Arbitrary<Damage> = fc.oneof(
  anyDamage,
  fc.tuple(anyPick, fc.nat({ max: 4 }), anyToken).map(([where, size, token]): Damage => (bytes) => {
    const start = where % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, start), Buffer.from(token), bytes.subarray(start + size)]);
  }),
);

const anyJson: fc.Arbitrary<Mutated> = anySignal.chain((signal) =>
  fc
    .tuple(anyRequest(signal), fc.array(anyTextDamage, { minLength: 1, maxLength: 3 }))
    .map(([request, damages]) => ({
      signal,
      bytes: damaged(Buffer.from(batchFactory(signal).from(request).toJson()), damages),
    })),
);

function damaged(bytes: Buffer, damages: readonly Damage[]): Buffer {
  return damages.reduce((before, damage) => damage(before), bytes);
}

function sampled(mutated: fc.Arbitrary<Mutated>, times: number): Mutated[] {
  return fc.sample(mutated, { numRuns: times, seed: Number(process.env['TRIBUTARY_SEED']) });
}

/**
 * Sends all of them. Each is refused as one that cannot be read, or taken; and all items of those that were taken
 * have arrived.
 */
async function send(
  victim: Victim,
  requests: readonly Mutated[],
  sendOne: (request: Mutated, n: number) => Promise<Told>,
  itemsOf: (request: Mutated) => number,
): Promise<Siege> {
  const signals: readonly Signal[] = ['traces', 'metrics', 'logs', 'profiles'];
  const arrived = signals.map((signal) => victim.backend.items(signal));
  const accepted = signals.map(() => 0);
  const heard = new Heard();
  await inParallel(requests.length, atOnce, async (n) => {
    const request = requests[n]!;
    const told = await sendOne(request, n);
    heard.add(told);
    if (told === 'grpc 0' || told === 'http 200')
      accepted[signals.indexOf(request.signal)]! += itemsOf(request);
  });
  expect(heard.kinds.filter((told) => !/^(?:grpc (?:0|3)|http (?:200|400))$/.test(told))).toEqual([]);
  expect(signals.map((signal, n) => victim.backend.items(signal) - arrived[n]!)).toEqual(accepted);
  return over(heard);
}

/** By protobufjs, and by ours where that reads less than protobuf allows: text that is repaired, long lengths. */
function itemsOfProtobuf({ signal, bytes }: Mutated): number {
  try {
    return readStrictly(signal, bytes);
  } catch {
    return batchFactory(signal).from(bytes).itemCount;
  }
}

export const mutatedProtobuf: Attack = {
  name: 'mutated protobuf',
  unit: 'requests',
  short: 250,
  long: 14_000,
  lay: (victim, times) =>
    send(
      victim,
      sampled(anyProtobuf, times),
      ({ signal, bytes }, n) =>
        n % 2 === 0 ? victim.call(signal, bytes) : victim.post(signal, bytes, protobuf),
      itemsOfProtobuf,
    ),
};

export const mutatedJson: Attack = {
  name: 'mutated JSON',
  unit: 'requests',
  short: 120,
  long: 6_000,
  lay: (victim, times) =>
    send(
      victim,
      sampled(anyJson, times),
      ({ signal, bytes }) => victim.post(signal, bytes, json),
      ({ signal, bytes }) => batchFactory(signal).fromJson(bytes).itemCount,
    ),
};
