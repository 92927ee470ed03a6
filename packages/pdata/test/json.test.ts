import { describe, expect, it } from 'vitest';
import { Logs, MalformedTelemetryError, Metrics, Profiles, Traces } from '../src/index.js';
import { decode, encode } from './oracle.js';

/** A traces request of one span with these members. */
function span(members: string): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[{${members}}]}]}]}`;
}

/** The same around the value of an attribute. */
function attribute(value: string): string {
  return span(`"attributes":[{"key":"k","value":${value}}]`);
}

/** A metrics request of one data point of a sum, or of another kind. */
function point(members: string, kind = 'sum'): string {
  return `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","${kind}":{"dataPoints":[{${members}}]}}]}]}]}`;
}

function record(members: string): string {
  return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{${members}}]}]}]}`;
}

function refusal(read: () => unknown): MalformedTelemetryError {
  try {
    read();
  } catch (error) {
    if (MalformedTelemetryError.is(error)) return error;
    throw error;
  }
  throw new Error('was not refused');
}

/** What is written for what is read. */
function rewritten(json: string | Uint8Array): string {
  return Traces.fromJson(json).toJson();
}

describe('OTLP/JSON out', () => {
  it('has names in lowerCamel, 64 bits quoted, enums as numbers, IDs in hexadecimal', () => {
    const traces = Traces.create();
    traces
      .addResourceSpans()
      .addScope({ scope: { name: 'lib', version: '1' } })
      .add({
        traceId: '5B8EFFF798038103D269B633813FC60C',
        spanId: 'EEE19B7EC3C1B174',
        parentSpanId: '',
        name: 'op',
        kind: 'server',
        startTimeUnixNano: 1544712660000000000n,
        droppedAttributesCount: 4294967295,
        flags: 257,
        status: { code: 'error', message: 'no' },
      });
    expect(JSON.parse(traces.toJson())).toEqual({
      resourceSpans: [
        {
          scopeSpans: [
            {
              scope: { name: 'lib', version: '1' },
              spans: [
                {
                  traceId: '5b8efff798038103d269b633813fc60c',
                  spanId: 'eee19b7ec3c1b174',
                  name: 'op',
                  kind: 2,
                  startTimeUnixNano: '1544712660000000000',
                  droppedAttributesCount: 4294967295,
                  flags: 257,
                  status: { code: 2, message: 'no' },
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('keeps a zero that differs from nothing: in a value, and where a field is optional', () => {
    const metrics = Metrics.create();
    const scope = metrics.addResourceMetrics().addScope();
    scope.add({ name: 'i', gauge: { dataPoints: [{ asInt: 0n, timeUnixNano: 0n }] } });
    scope.add({
      name: 'h',
      histogram: { dataPoints: [{ sum: 0, min: -0, count: 0n, bucketCounts: [0n, 1n] }] },
    });
    scope.add({ name: 'e', exponentialHistogram: { dataPoints: [{ scale: -3, positive: { offset: -2 } }] } });
    const [i, h, e] = [...metrics.metrics()].map((metric) => metric.toObject());
    expect(i).toEqual({ name: 'i', gauge: { dataPoints: [{ asInt: '0' }] } });
    expect(h).toEqual({
      name: 'h',
      histogram: { dataPoints: [{ sum: 0, min: -0, bucketCounts: ['0', '1'] }] },
    });
    expect(e).toEqual({
      name: 'e',
      exponentialHistogram: { dataPoints: [{ scale: -3, positive: { offset: -2 } }] },
    });
    expect(metrics.toJson()).toContain('"min":-0');
  });

  it('keeps minus zero, which is a number of its own', () => {
    const metrics = Metrics.create();
    metrics
      .addResourceMetrics()
      .addScope()
      .add({
        name: 's',
        summary: { dataPoints: [{ sum: -0, quantileValues: [{ quantile: 0, value: -0 }] }] },
      });
    const json = point('"sum":-0,"quantileValues":[{"value":-0}]', 'summary').replace('"m"', '"s"');
    expect(metrics.toJson()).toBe(json);
    expect(Metrics.fromJson(json).toJson()).toBe(json);
  });

  it('writes a message that is there and empty, and none that is not there', () => {
    expect(rewritten('{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{}}]}]}')).toBe(
      '{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{}}]}]}',
    );
    expect(rewritten(attribute('{}'))).toBe(attribute('{}'));
    expect(Traces.create().toJson()).toBe('{}');
  });

  it('leaves out fields that the schema does not know', () => {
    const bytes = Buffer.concat([
      encode('TracesRequest', { resourceSpans: [{ schemaUrl: 'u' }] }),
      Buffer.from([0xf8, 0x01, 7]),
    ]);
    const traces = Traces.from(bytes);
    expect(traces.toJson()).toBe('{"resourceSpans":[{"schemaUrl":"u"}]}');
    expect(Buffer.from(traces.toBytes())).toEqual(bytes);
  });
});

describe('OTLP/JSON in', () => {
  it.each([
    ['int64, largest, quoted', attribute('{"intValue":"9223372036854775807"}'), '"9223372036854775807"'],
    ['int64, largest, bare', attribute('{"intValue":9223372036854775807}'), '"9223372036854775807"'],
    ['int64, smallest, bare', attribute('{"intValue":-9223372036854775808}'), '"-9223372036854775808"'],
    ['beyond 2^53, bare', attribute('{"intValue":9007199254740993}'), '"9007199254740993"'],
    ['with exponent', attribute('{"intValue":1e3}'), '"1000"'],
    ['with exponent, quoted', attribute('{"intValue":"12.5E+1"}'), '"125"'],
    ['with a fraction of zero', attribute('{"intValue":"1.0"}'), '"1"'],
    ['with a negative exponent', attribute('{"intValue":7000e-3}'), '"7"'],
    ['minus zero', attribute('{"intValue":-0}'), '"0"'],
    ['zero with a huge exponent', attribute('{"intValue":0e999999999999}'), '"0"'],
  ])('reads an integer: %s', (_, json, number) => {
    expect(rewritten(json)).toBe(attribute(`{"intValue":${number}}`));
  });

  it('keeps unsigned times exact to the last nanosecond, quoted or not', () => {
    for (const text of ['18446744073709551615', '"18446744073709551615"', '1.8446744073709551615e19']) {
      const [read] = Traces.fromJson(span(`"startTimeUnixNano":${text}`)).spans();
      expect(read!.startTimeUnixNano).toBe(2n ** 64n - 1n);
    }
  });

  it.each([
    ['1', 1],
    ['1e2', 100],
    ['"2.5"', 2.5],
    ['-0', -0],
    ['"NaN"', NaN],
    ['"Infinity"', Infinity],
    ['"-Infinity"', -Infinity],
    ['1e-400', 0],
  ])('reads the double %s', (text, value) => {
    const [read] = Metrics.fromJson(point(`"asDouble":${text}`)).dataPoints();
    expect(read).toHaveProperty('asDouble', value);
  });

  it.each([
    ['2', 'server'],
    ['"2"', 'server'],
    ['2.0', 'server'],
    ['"SPAN_KIND_SERVER"', 'server'],
    ['"SPAN_KIND_UNSPECIFIED"', 'unspecified'],
    ['null', 'unspecified'],
  ])('reads the enum value %s', (text, kind) => {
    const [read] = Traces.fromJson(span(`"kind":${text}`)).spans();
    expect(read!.kind).toBe(kind);
  });

  it('passes on a number that the enum does not have yet', () => {
    expect(rewritten(span('"kind":77'))).toBe(span('"kind":77'));
    expect(rewritten(span('"kind":-1'))).toBe(span('"kind":-1'));
  });

  it('takes names of both spellings, and ignores keys that it does not know', () => {
    const json = `{"resource_spans":[{"scope_spans":[{"spans":[
      {"trace_id":"000102030405060708090A0b0c0d0e0f","x":[{"y":[null,true,-1.5e9,"\\u0000}"]}],"traceid":7}
    ],"schema_url":"s"}]}],"extra":{}}`;
    expect(rewritten(json)).toBe(
      '{"resourceSpans":[{"scopeSpans":[{"schemaUrl":"s","spans":[{"traceId":"000102030405060708090a0b0c0d0e0f"}]}]}]}',
    );
  });

  it.each([
    ['"name":"a","name":"b"', '"name":"b"'],
    ['"name":"a","name":null', ''],
    ['"name":"a","name":""', ''],
    ['"startTimeUnixNano":1,"start_time_unix_nano":"2"', '"startTimeUnixNano":"2"'],
    ['"status":{"code":1,"message":"m"},"name":"n","status":{"code":2}', '"name":"n","status":{"code":2}'],
    ['"events":[{},{}],"events":[{"name":"e"}],"events":[{"name":"f"}]', '"events":[{"name":"f"}]'],
    ['"events":[{"name":"e"}],"events":[]', ''],
  ])('lets the last of equal keys win: %s', (members, left) => {
    expect(rewritten(span(members))).toBe(span(left));
  });

  it('lets the last member of a oneof win, but no null', () => {
    expect(rewritten(attribute('{"intValue":"1","stringValue":"a"}'))).toBe(attribute('{"stringValue":"a"}'));
    expect(rewritten(attribute('{"stringValue":"a","intValue":null}'))).toBe(
      attribute('{"stringValue":"a"}'),
    );
    expect(rewritten(attribute('{"stringValue":"a","intValue":"1","stringValue":"b"}'))).toBe(
      attribute('{"stringValue":"b"}'),
    );
  });

  it('takes time in proportion to the text where a key comes ever again', () => {
    const again = '"name":"n",'.repeat(200_000);
    const [read] = Traces.fromJson(span(`"events":[${'{},'.repeat(200_000)}{}],${again}"kind":1`)).spans();
    expect(read!.toObject()).toMatchObject({ name: 'n', kind: 1 });
  });

  it('reads bytes in both alphabets of base64, padded or not', () => {
    for (const text of ['/+8=', '_-8=', '/+8', '_-8']) {
      expect(rewritten(attribute(`{"bytesValue":"${text}"}`))).toBe(attribute('{"bytesValue":"/+8="}'));
    }
    expect(rewritten(attribute('{"bytesValue":""}'))).toBe(attribute('{"bytesValue":""}'));
  });

  it('reads null within a list of values as the empty value', () => {
    expect(rewritten(attribute('{"arrayValue":{"values":[null,{}]}}'))).toBe(
      attribute('{"arrayValue":{"values":[{},{}]}}'),
    );
  });

  it('reads escapes, and puts U+FFFD where half a surrogate pair stands', () => {
    const [read] = Traces.fromJson(
      span(String.raw`"name":"\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00\ud83d."`),
    ).spans();
    expect(read!.name).toBe('"\\/\b\f\n\r\tä😀\ufffd.');
  });

  it('reads bytes as UTF-8, with or without a byte order mark, and repairs them', () => {
    const json = span('"name":"ä😀"');
    expect(rewritten(Buffer.from(json))).toBe(json);
    expect(rewritten(Buffer.from(`\ufeff${json}`))).toBe(json);
    // A part of a larger buffer, as a body that came from a socket is.
    expect(rewritten(Buffer.from(`xx${json}`).subarray(2))).toBe(json);
    const told: number[] = [];
    const repaired = Traces.fromJson(Buffer.from(span('"name":"\xff"'), 'latin1'), {
      onRepair: (n) => told.push(n),
    });
    expect(repaired.toJson()).toBe(span('"name":"\ufffd"'));
    expect(told).toEqual([1]);
  });

  it('reads white space of JSON around everything', () => {
    expect(rewritten(' \t\r\n{ "resourceSpans" : [ { "schemaUrl" : "u" } ] }\n')).toBe(
      '{"resourceSpans":[{"schemaUrl":"u"}]}',
    );
  });

  it('reads packed numbers of every type', () => {
    const members = '"count":3,"bucketCounts":["1",2,1e0],"explicitBounds":[0.5,"Infinity"],"max":null';
    const [read] = Metrics.fromJson(point(members, 'histogram')).dataPoints();
    expect(read!.toObject()).toEqual({
      count: '3',
      bucketCounts: ['1', '2', '1'],
      explicitBounds: [0.5, 'Infinity'],
    });
    const profiles = Profiles.fromJson(
      '{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"samples":[{"values":["-1",5],"attributeIndices":[-1,2]}]}]}]}]}',
    );
    expect(decode('ProfilesRequest', profiles.toBytes())).toMatchObject({
      resourceProfiles: [
        { scopeProfiles: [{ profiles: [{ samples: [{ values: [-1n, 5n], attributeIndices: [-1, 2] }] }] }] },
      ],
    });
  });

  it.each([
    ['', 'json', '$', 'unexpected end of text at character 0'],
    [' \n', 'json', '$', 'unexpected end of text at character 2'],
    ['{} {}', 'json', '$', 'unexpected "{" at character 3'],
    ['{}]', 'json', '$', 'unexpected "]" at character 2'],
    ['{"resourceSpans":[]', 'json', '$', 'unexpected end of text at character 19, expected "}"'],
    ['{"a":[1,]}', 'json', '$', 'unexpected "]" at character 8'],
    ['{"a":01}', 'json', '$', 'unexpected "1" at character 6, expected "}"'],
    ['{"a":.5}', 'json', '$', 'unexpected "." at character 5'],
    ['{"a":-}', 'json', '$', 'unexpected "-" at character 5'],
    ['{"a":tru}', 'json', '$', 'unexpected "t" at character 5'],
    ["{'a':1}", 'json', '$', `unexpected "'" at character 1, expected "\\""`],
    ['{"a":"\n"}', 'json', '$', 'a string with a bad escape or a control character ends at character 7'],
    ['{"a":"\\x"}', 'json', '$', 'a string with a bad escape or a control character ends at character 8'],
    ['{"a":"\\"', 'json', '$', 'a string does not end'],
    ['NaN', 'json', '$', 'unexpected "N" at character 0'],
    ['[]', 'value', '$', 'expected an object, got an array'],
    ['null', 'value', '$', 'expected an object, got null'],
    ['{"resourceSpans":{}}', 'value', '$.resourceSpans', 'expected an array, got an object'],
    ['{"resourceSpans":[null]}', 'value', '$.resourceSpans[0]', 'expected an object, got null'],
    [
      span('"name":7'),
      'value',
      '$.resourceSpans[0].scopeSpans[0].spans[0].name',
      'expected a string, got a number',
    ],
    [
      span('"kind":"SERVER"'),
      'value',
      '$.resourceSpans[0].scopeSpans[0].spans[0].kind',
      '"SERVER" is no SpanKind',
    ],
    [
      span('"kind":1.5'),
      'value',
      '$.resourceSpans[0].scopeSpans[0].spans[0].kind',
      'expected an integer, got "1.5"',
    ],
    [
      span('"traceId":"AAECAwQFBgcICQoLDA0ODw=="'),
      'value',
      '$.resourceSpans[0].scopeSpans[0].spans[0].traceId',
      'must be 32 hexadecimal digits or empty, got "AAECAwQFBgcICQoLDA0ODw=="',
    ],
    [
      span('"events":[{},{"timeUnixNano":-1}]'),
      'value',
      '$.resourceSpans[0].scopeSpans[0].spans[0].events[1].timeUnixNano',
      'must be an integer from 0 to 18446744073709551615, got "-1"',
    ],
    [
      span('"droppedEventsCount":4294967296'),
      'value',
      '$.resourceSpans[0].scopeSpans[0].spans[0].droppedEventsCount',
      'must be an integer from 0 to 4294967295, got "4294967296"',
    ],
  ])('refuses %s', (json, code, path, problem) => {
    expect(refusal(() => Traces.fromJson(json))).toMatchObject({
      code,
      path,
      message: `${path}: ${problem}`,
      offset: undefined,
    });
  });

  it.each([
    [
      'intValue',
      '9223372036854775808',
      'must be an integer from -9223372036854775808 to 9223372036854775807',
    ],
    ['intValue', '1e99999999999', 'must be an integer from'],
    ['intValue', '1e-1', 'expected an integer, got "1e-1"'],
    ['intValue', '""', 'expected an integer, got ""'],
    ['intValue', '" 1"', 'expected an integer, got " 1"'],
    ['intValue', '"0x10"', 'expected an integer, got "0x10"'],
    ['intValue', 'true', 'expected a number, got a boolean'],
    ['doubleValue', '1e400', '"1e400" does not fit a double'],
    ['doubleValue', '"nan"', 'expected a number, got "nan"'],
    ['boolValue', '"true"', 'expected a boolean, got a string'],
    ['bytesValue', '"a"', 'expected base64, got "a"'],
    ['bytesValue', '"ab=c"', 'expected base64, got "ab=c"'],
    ['bytesValue', '"ab="', 'expected base64, got "ab="'],
  ])('refuses %s %s', (field, text, problem) => {
    const error = refusal(() => Traces.fromJson(attribute(`{"${field}":${text}}`)));
    expect(error.code).toBe('value');
    expect(error.path).toBe(`$.resourceSpans[0].scopeSpans[0].spans[0].attributes[0].value.${field}`);
    expect(error.message).toContain(problem);
  });

  it('refuses values that are nested deeper than decoders read, however deep', () => {
    // The value of the span's attribute stands five messages below the request; a list adds two.
    const nested = (lists: number): string =>
      attribute(`${'{"arrayValue":{"values":['.repeat(lists)}{}${']}}'.repeat(lists)}`);
    expect(Traces.fromJson(nested(47)).itemCount).toBe(1);
    expect(refusal(() => Traces.fromJson(nested(48)))).toMatchObject({ code: 'nesting' });
    expect(refusal(() => Traces.fromJson(nested(100_000)))).toMatchObject({ code: 'nesting' });
    expect(refusal(() => Traces.fromJson(`{"a":${'['.repeat(1_000_000)}`))).toMatchObject({ code: 'json' });
  });

  it('refuses more groups and records than it may read, as soon as it has seen one more', () => {
    const json = span('},{},{');
    expect(Traces.fromJson(json, { maxItems: 5 }).itemCount).toBe(3);
    expect(refusal(() => Traces.fromJson(json, { maxItems: 4 }))).toMatchObject({
      code: 'too_many_items',
      path: '$.resourceSpans[0].scopeSpans[0].spans[2]',
    });
    // Resource, scope, metric and two points: the sum itself and the exemplars are none.
    const points = point('"exemplars":[{},{},{}]},{');
    expect(Metrics.fromJson(points, { maxItems: 5 }).itemCount).toBe(2);
    expect(() => Metrics.fromJson(points, { maxItems: 4 })).toThrow('more than 4 groups and records');
    // The same as of protobuf.
    const bytes = Metrics.fromJson(points).toBytes();
    expect(Metrics.from(bytes, { maxItems: 5 }).itemCount).toBe(2);
    expect(refusal(() => Metrics.from(bytes, { maxItems: 4 }))).toMatchObject({ code: 'too_many_items' });
  });

  it('reads a log record with a body of each type', () => {
    const body =
      '{"kvlistValue":{"values":[{"key":"a","value":{"arrayValue":{"values":[{"boolValue":false}]}}}]}}';
    const logs = Logs.fromJson(
      record(`"severityNumber":"SEVERITY_NUMBER_WARN","severityText":"Warning","body":${body}`),
    );
    const [read] = logs.records();
    expect(read!.body).toEqual({ a: [false] });
    expect(read!.severityNumber).toBe('warn');
    expect(logs.toJson()).toBe(record(`"severityNumber":13,"severityText":"Warning","body":${body}`));
  });
});
