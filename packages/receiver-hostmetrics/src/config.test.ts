import { ConfigError } from '@tributary/component';
import { describe, expect, it } from 'vitest';
import { schema } from './config.js';
import { hostMetricsReceiver } from './host-metrics.js';

it('has the defaults of the Collector', () => {
  expect(schema.parse({ scrapers: { cpu: null, load: {}, network: {} } })).toEqual({
    collection_interval: 60_000,
    initial_delay: 1000,
    timeout: 0,
    root_path: '',
    metadata_collection_interval: 300_000,
    scrapers: {
      cpu: { metrics: {} },
      load: { metrics: {}, cpu_average: false },
      network: { metrics: {}, connections_interval: 60_000 },
    },
  });
});

describe('refuses', () => {
  const scrapers = { cpu: {} };
  it.each([
    [{}, 'scrapers: must specify at least one scraper when using hostmetrics receiver'],
    [{ scrapers: {} }, 'scrapers: must specify at least one scraper when using hostmetrics receiver'],
    [{ scrapers: { cpus: {} } }, 'scrapers.cpus: unknown key; did you mean cpu?'],
    [{ scrapers: { cpu: {}, nfs: {} } }, 'scrapers.nfs: is not supported yet by this component'],
    [{ scrapers: { cpu: {}, hardware: {} } }, 'scrapers.hardware: is not supported yet by this component'],
    [{ scrapers, collection_interval: '0s' }, 'collection_interval: requires positive value'],
    [{ scrapers, timeout: '-1s' }, 'timeout: must not be negative, got "-1s"'],
    [
      { scrapers: { cpu: { metrics: { 'system.cpu.tim': {} } } } },
      'scrapers.cpu.metrics.system.cpu.tim: unknown key; did you mean system.cpu.time?',
    ],
    [
      { scrapers: { cpu: { metrics: { 'system.cpu.time': { attributes: ['core'] } } } } },
      "scrapers.cpu.metrics.system.cpu.time.attributes.0: metric system.cpu.time doesn't have an attribute core, valid attributes: [cpu, state]",
    ],
    [
      { scrapers: { cpu: { metrics: { 'system.cpu.time': { aggregation_strategy: 'mean' } } } } },
      'scrapers.cpu.metrics.system.cpu.time.aggregation_strategy: must be one of "sum", "avg", "min", "max", got "mean"',
    ],
    [
      { scrapers: { disk: { include: { devices: ['sda'] } } } },
      "scrapers.disk.include.match_type: unrecognized match_type: '', valid types are: [regexp strict]",
    ],
    [
      { scrapers: { disk: { include: { devices: ['s(da'], match_type: 'regexp' } } } },
      'scrapers.disk.include.devices.0: error parsing regexp: missing closing ): `s(da`',
    ],
    [
      { scrapers: { disk: { include: { devices: ['(?!loop)'], match_type: 'regexp' } } } },
      'scrapers.disk.include.devices.0: error parsing regexp: invalid or unsupported Perl syntax: `(?!`',
    ],
    [
      { scrapers: { process: { resource_attributes: { 'process.pid': { metrics_include: [{}] } } } } },
      'scrapers.process.resource_attributes.process.pid.metrics_include.0: must be either strict or regexp',
    ],
  ])('%j', (config, message) => {
    const make = (): unknown => hostMetricsReceiver(config as never);
    expect(make).toThrow(`receivers.host_metrics.${message}`);
    expect(make).toThrow(expect.toSatisfy((error) => ConfigError.is(error)));
  });
});

it('takes how many names are remembered with what patterns say of them', () => {
  const include = {
    devices: ['^sd'],
    match_type: 'regexp',
    regexp: { cacheenabled: true, cachemaxnumentries: 10 },
  } as const;
  expect(schema.parse({ scrapers: { disk: { include } } }).scrapers.disk!.include).toEqual({
    names: ['^sd'],
    match_type: 'regexp',
    cacheSize: 10,
  });
});
