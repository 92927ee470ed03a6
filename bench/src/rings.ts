/**
 * How evenly the rings of the load-balancing exporter spread keys, what moves when a backend joins, and what they cost:
 *
 *     npm run bench:rings
 *
 * prints the table of docs/balancing.md. The last two rows of each size are rings that we could have taken for our own.
 */
import { crc32 } from 'node:zlib';
import { createRing, loadXxh64, type Ring, type RingKind } from '@tributary/exporter-loadbalancing';
import { seededChoice } from '@tributary/testkit';

type Owner = Pick<Ring, 'owner'>;

const keys = 500_000;
const sizes = [3, 10, 100, 1000];
const kinds: readonly RingKind[] = ['g1', 'g2', 'g3', 'tributary'];
const xxh64 = await loadXxh64();

/** Trace IDs, the same in every run. */
const ids = new Uint8Array(keys * 16).map(seededChoice([...Array(256).keys()], 1));

/** A ring of 1,600 points for each backend on 2^32 positions. */
function manyPoints(backends: readonly string[]): Owner {
  const points = backends
    .flatMap((name, backend) =>
      Array.from({ length: 1600 }, (_, n) => ({
        at: Number(BigInt.asUintN(32, xxh64(Buffer.from(`${name} ${n}`)))),
        backend,
      })),
    )
    .sort((a, b) => a.at - b.at);
  const positions = Float64Array.from(points, ({ at }) => at);
  const owners = Int32Array.from(points, ({ backend }) => backend);
  return {
    owner(key, start, end) {
      const at = crc32(key.subarray(start, end));
      let low = 0;
      for (let high = positions.length; low < high;) {
        const middle = (low + high) >>> 1;
        if (positions[middle]! < at) low = middle + 1;
        else high = middle;
      }
      return owners[low === owners.length ? 0 : low]!;
    },
  };
}

/** Jump hash (Lamping and Veach) over the sorted names. */
function jump(backends: readonly string[]): Owner {
  return {
    owner(key, start, end) {
      let state = xxh64(key.subarray(start, end));
      let bucket = -1;
      for (let next = 0; next < backends.length;) {
        bucket = next;
        state = BigInt.asUintN(64, state * 2862933555777941757n + 1n);
        next = Math.floor((bucket + 1) * (2 ** 31 / (Number(state >> 33n) + 1)));
      }
      return bucket;
    },
  };
}

const candidates: readonly [string, (backends: readonly string[]) => Owner][] = [
  ...kinds.map((kind): [string, (backends: readonly string[]) => Owner] => [
    kind,
    (backends) => createRing(kind, backends, xxh64),
  ]),
  ['1,600 points on 2^32', manyPoints],
  ['jump hash', jump],
];

/** Names as pods have them, sorted as a resolver sorts. */
const namesOf = (size: number): string[] =>
  Array.from({ length: size }, (_, n) => `10.1.${n >> 8}.${n & 255}:4317`).sort();

function ownersOf(ring: Owner, names: readonly string[]): string[] {
  return Array.from({ length: keys }, (_, n) => names[ring.owner(ids, n * 16, n * 16 + 16)]!);
}

console.log(
  '| backends | ring | least and most of a fair share | moves when one joins, of what must | moves between the others | ns a key | ms to make |',
);
console.log('| ---: | --- | --- | ---: | ---: | ---: | ---: |');
for (const size of sizes) {
  // The one that joins stands somewhere in the middle.
  const after = namesOf(size + 1);
  const joining = after[size >> 1]!;
  const before = after.filter((name) => name !== joining);
  for (const [kind, make] of candidates) {
    const { ring, madeMs } = madeBy(make, before);
    const owners = ownersOf(ring, before);
    const then = ownersOf(make(after), after);
    const counts = new Map<string, number>(before.map((name) => [name, 0]));
    for (const owner of owners) counts.set(owner, counts.get(owner)! + 1);
    const fair = keys / size;
    const moved = owners.filter((owner, n) => owner !== then[n]).length;
    const sideways = owners.filter((owner, n) => owner !== then[n] && then[n] !== joining).length;
    const cells = [
      size,
      kind,
      `${(Math.min(...counts.values()) / fair).toFixed(2)}, ${(Math.max(...counts.values()) / fair).toFixed(2)}`,
      `${(moved / (keys / (size + 1))).toFixed(2)}`,
      `${((100 * sideways) / keys).toFixed(1)} %`,
      nsOf(ring),
      madeMs.toFixed(1),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

/** A ring, and how long the fastest of several took, if they are not too slow. */
function madeBy(
  make: (backends: readonly string[]) => Owner,
  backends: readonly string[],
): { readonly ring: Owner; readonly madeMs: number } {
  let madeMs = Infinity;
  for (let leftMs = 500; ;) {
    const startMs = performance.now();
    const ring = make(backends);
    const tookMs = performance.now() - startMs;
    madeMs = Math.min(madeMs, tookMs);
    leftMs -= tookMs;
    if (leftMs < 0) return { ring, madeMs };
  }
}

/** The best of many short runs: the machine may do something else meanwhile. */
function nsOf(ring: Owner): string {
  const timed = 20_000;
  let best = Infinity;
  for (let run = 0; run < 15; run++) {
    const startMs = performance.now();
    let sum = 0;
    for (let at = 0; at < timed * 16; at += 16) sum += ring.owner(ids, at, at + 16);
    if (sum < 0) throw new Error('no owner');
    best = Math.min(best, ((performance.now() - startMs) * 1e6) / timed);
  }
  return best.toFixed(0);
}
