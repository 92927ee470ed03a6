import { Profiles } from '@tributary/pdata';
import { seededRandom } from '../random.js';
import { defaultStartMs, hex, nanos, resourceOf, scopeOf, type SampleOptions } from './shop.js';

/** A profile of the shop's CPU time, in one request: profiles are neither merged nor cut. */
export function sampleProfiles(options: SampleOptions & { readonly samples: number }): Profiles {
  const { samples, startMs = defaultStartMs, seed } = options;
  const random = seededRandom(seed);
  // The first entry of each table stands for "none" (OTLP, ProfilesDictionary).
  const strings = ['', 'cpu', 'nanoseconds', 'server.js', ...functions];
  const { resource, scope } = { resource: resourceOf('frontend'), scope: scopeOf('profiler') };
  const profile = {
    profileId: hex(random, 32),
    timeUnixNano: String(nanos(startMs)),
    durationNano: '10000000000',
    sampleType: { typeStrindex: 1, unitStrindex: 2 },
    periodType: { typeStrindex: 1, unitStrindex: 2 },
    period: '10000000',
    samples: Array.from({ length: samples }, (_, n) => ({
      stackIndex: 1 + Math.floor(random() * functions.length),
      values: ['10000000'],
      timestampsUnixNano: [String(nanos(startMs + n * 10, random))],
    })),
  };
  return Profiles.fromJson(
    JSON.stringify({
      resourceProfiles: [
        {
          resource: {
            attributes: Object.entries(resource.attributes).map(([key, stringValue]) => ({
              key,
              value: { stringValue },
            })),
          },
          scopeProfiles: [{ scope, profiles: [profile] }],
        },
      ],
      dictionary: {
        mappingTable: [{}],
        linkTable: [{}],
        attributeTable: [{}],
        stringTable: strings,
        functionTable: [
          {},
          ...functions.map((name) => ({ nameStrindex: strings.indexOf(name), filenameStrindex: 3 })),
        ],
        locationTable: [
          {},
          ...functions.map((_, n) => ({ lines: [{ functionIndex: n + 1, line: String(10 * (n + 1)) }] })),
        ],
        // From the leaf to the root: each function is called by those before it.
        stackTable: [
          {},
          ...functions.map((_, n) => ({
            locationIndices: Array.from({ length: n + 1 }, (_, up) => n + 1 - up),
          })),
        ],
      },
    }),
  );
}

/** From the root on. */
const functions = ['main', 'handleRequest', 'render', 'renderProduct', 'escapeHtml'] as const;
