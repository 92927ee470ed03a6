import { Logs, Metrics, Profiles, Traces, type Batch, type Signal } from '@tributary/pdata';

// One batch of each signal in which every field that is written out is set somewhere. Times are those of the
// Collector's own test data.

const start = '1581452772000000321';
const end = '1581452773000000789';
const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

const resource = {
  attributes: [text('service.name', 'checkout'), { key: 'process.pid', value: { intValue: '42' } }],
  entityRefs: [
    {
      schemaUrl: 'https://e.example',
      type: 'service',
      idKeys: ['service.name'],
      descriptionKeys: ['process.pid'],
    },
  ],
};
const scope = { name: 'shop', version: '1.4', attributes: [text('lib', 'http')] };

const traces = {
  resourceSpans: [
    {
      resource,
      schemaUrl: 'https://r.example',
      scopeSpans: [
        {
          scope,
          schemaUrl: 'https://s.example',
          spans: [
            {
              traceId: '0102030405060708090a0b0c0d0e0f10',
              spanId: '1112131415161718',
              parentSpanId: '2122232425262728',
              traceState: 'rojo=1',
              name: 'GET /cart',
              kind: 2,
              startTimeUnixNano: start,
              endTimeUnixNano: end,
              attributes: [
                text('http.route', '/cart'),
                { key: 'whole', value: { doubleValue: 1 } },
                { key: 'nan', value: { doubleValue: 'NaN' } },
                { key: 'ok', value: { boolValue: true } },
                { key: 'big', value: { intValue: '9223372036854775807' } },
                { key: 'raw', value: { bytesValue: 'AQID' } },
                {
                  key: 'list',
                  value: { arrayValue: { values: [{ intValue: '1' }, { stringValue: '<a>' }, {}] } },
                },
                {
                  key: 'map',
                  value: {
                    kvlistValue: { values: [text('b', 'x'), { key: 'a', value: { doubleValue: 0.5 } }] },
                  },
                },
                { key: 'empty', value: {} },
              ],
              droppedAttributesCount: 1,
              events: [
                {
                  timeUnixNano: end,
                  name: 'retry',
                  attributes: [text('try', 'second')],
                  droppedAttributesCount: 2,
                },
                { timeUnixNano: '1581452773000000000', name: 'plain' },
              ],
              droppedEventsCount: 3,
              links: [
                {
                  traceId: '3132333435363738393a3b3c3d3e3f40',
                  spanId: '4142434445464748',
                  traceState: 'congo=2',
                  attributes: [text('why', 'batch')],
                  droppedAttributesCount: 4,
                },
              ],
              droppedLinksCount: 5,
              status: { code: 2, message: 'timed out' },
            },
            { name: 'bare' },
          ],
        },
      ],
    },
    { scopeSpans: [{ spans: [{ name: 'of nobody', kind: 3, status: { code: 1 } }] }] },
  ],
};

const point = {
  attributes: [text('route', '/cart'), text('method', 'GET')],
  startTimeUnixNano: start,
  timeUnixNano: end,
};
const metrics = {
  resourceMetrics: [
    {
      resource,
      scopeMetrics: [
        {
          scope,
          metrics: [
            {
              name: 'queue.length',
              description: 'how many wait',
              unit: '{item}',
              metadata: [text('origin', 'test')],
              gauge: {
                dataPoints: [
                  { ...point, asInt: '-7' },
                  { ...point, asDouble: 1.25 },
                  { timeUnixNano: end, flags: 1 },
                ],
              },
            },
            {
              name: 'requests',
              sum: {
                aggregationTemporality: 2,
                isMonotonic: true,
                dataPoints: [
                  {
                    ...point,
                    asInt: '12',
                    exemplars: [
                      {
                        timeUnixNano: end,
                        asDouble: 0.5,
                        traceId: '0102030405060708090a0b0c0d0e0f10',
                        spanId: '1112131415161718',
                        filteredAttributes: [text('user', 'u1')],
                      },
                      { asInt: '3' },
                    ],
                  },
                ],
              },
            },
            {
              name: 'latency',
              unit: 's',
              histogram: {
                aggregationTemporality: 1,
                dataPoints: [
                  {
                    ...point,
                    count: '6',
                    sum: 9.5,
                    min: 0.1,
                    max: 4,
                    bucketCounts: ['1', '2', '3'],
                    explicitBounds: [0.5, 1],
                  },
                  { timeUnixNano: end },
                ],
              },
            },
            {
              name: 'size',
              exponentialHistogram: {
                aggregationTemporality: 2,
                dataPoints: [
                  {
                    ...point,
                    count: '10',
                    sum: 12,
                    scale: 0,
                    zeroCount: '1',
                    positive: { offset: 0, bucketCounts: ['2', '3'] },
                    negative: { offset: 1, bucketCounts: ['1', '3'] },
                  },
                ],
              },
            },
            {
              name: 'old',
              summary: {
                dataPoints: [
                  {
                    ...point,
                    count: '4',
                    sum: 8.5,
                    quantileValues: [{ value: 0.5 }, { quantile: 0.99, value: 3 }],
                  },
                ],
              },
            },
            { name: 'nothing' },
          ],
        },
      ],
    },
  ],
};

const logs = {
  resourceLogs: [
    {
      resource,
      schemaUrl: 'https://r.example',
      scopeLogs: [
        {
          scope,
          logRecords: [
            {
              timeUnixNano: end,
              observedTimeUnixNano: start,
              severityNumber: 9,
              severityText: 'Information',
              eventName: 'checkout.done',
              body: { stringValue: 'paid' },
              attributes: [text('user', 'u1'), text('cart', 'c2')],
              flags: 1,
              traceId: '0102030405060708090a0b0c0d0e0f10',
              spanId: '1112131415161718',
            },
            { severityNumber: 20, body: { kvlistValue: { values: [text('k', 'v')] } } },
            {},
          ],
        },
      ],
    },
  ],
};

const profiles = {
  resourceProfiles: [
    {
      resource,
      scopeProfiles: [
        {
          scope,
          profiles: [
            {
              profileId: '0102030405060708090a0b0c0d0e0f10',
              timeUnixNano: end,
              durationNano: '1000',
              droppedAttributesCount: 1,
              attributeIndices: [1],
              samples: [
                {
                  stackIndex: 1,
                  values: ['5', '6'],
                  timestampsUnixNano: [start, end],
                  attributeIndices: [2],
                },
                { values: ['7'] },
              ],
            },
          ],
        },
      ],
    },
  ],
  dictionary: {
    stringTable: ['', 'thread', 'cpu'],
    attributeTable: [
      {},
      { keyStrindex: 1, value: { stringValue: 'main' } },
      { keyStrindex: 2, value: { intValue: '3' } },
    ],
  },
};

/** A fresh batch of each signal. */
export const telemetry: Readonly<Record<Signal, () => Batch<Signal>>> = {
  traces: () => Traces.fromJson(JSON.stringify(traces)),
  metrics: () => Metrics.fromJson(JSON.stringify(metrics)),
  logs: () => Logs.fromJson(JSON.stringify(logs)),
  profiles: () => Profiles.fromJson(JSON.stringify(profiles)),
};
