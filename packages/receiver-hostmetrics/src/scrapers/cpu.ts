import { cpuMetrics } from '../definitions.js';
import type { Host } from '../host/host.js';
import { isGone } from '../host/files.js';
import { createMetricSet } from '../metric-set.js';
import { parseCpuInfo, type Processor } from '../parse/cpuinfo.js';
import type { CpuTimes } from '../parse/stat.js';
import type { ScraperSettings } from '../scraper-schema.js';
import { part, type Scraper } from './scraper.js';

const states = ['user', 'system', 'idle', 'interrupt', 'nice', 'softirq', 'steal', 'wait'] as const;

/** Seconds, shares, clock rates and numbers of CPUs, of /proc/stat, /proc/cpuinfo and /sys. */
export function createCpuScraper(host: Host, settings: ScraperSettings['cpu']): Scraper {
  const set = createMetricSet(cpuMetrics, settings.metrics);
  const {
    'system.cpu.time': time,
    'system.cpu.utilization': utilization,
    'system.cpu.logical.count': logical,
    'system.cpu.physical.count': physical,
    'system.cpu.frequency': frequency,
  } = set.of;
  const cpuInfo = host.reader.keep(`${host.paths.proc}/cpuinfo`);
  let before: ReadonlyMap<string, CpuTimes> = new Map();

  return {
    scrape(scrape) {
      part(scrape, [time, utilization, logical], () => {
        const { cpus } = host.stat();
        if (cpus.length === 0) throw new Error(`${host.paths.proc}/stat names no CPU`);
        logical.record(cpus.length);
        for (const times of cpus) {
          for (const state of states) time.record(times[state] / host.kernel.ticks, [times.cpu, state]);
        }
        if (!utilization.isOn) return;
        for (const times of cpus) {
          const earlier = before.get(times.cpu);
          if (earlier === undefined) continue;
          const shares = sharesOf(earlier, times);
          states.forEach((state, i) => utilization.record(shares[i]!, [times.cpu, state]));
        }
        before = new Map(cpus.map((times) => [times.cpu, times]));
      });
      part(scrape, [physical, frequency], () => {
        const processors = parseCpuInfo(cpuInfo.read());
        for (const { processor, mhz } of processors) {
          if (mhz !== undefined) frequency.record(mhz * 1e6, [`cpu${processor}`]);
        }
        if (physical.isOn) physical.record(countCores(host, processors));
      });
      scrape.emit(set);
    },
  };
}

/**
 * The share of each state in the time between two readings. Time of guests is part of that of users, and is not
 * counted again. Counters may go back a little: a share is never below 0 or above 1.
 */
function sharesOf(before: CpuTimes, now: CpuTimes): number[] {
  const deltas = states.map((state) => Math.max(0, now[state] - before[state]));
  const total = deltas.reduce((sum, delta) => sum + delta, 0);
  return deltas.map((delta) => (total === 0 ? 0 : delta / total));
}

function countCores(host: Host, processors: readonly Processor[]): number {
  return (
    coresOfSys(host) ||
    new Set(processors.map(({ core }) => core).filter((core) => core !== undefined)).size ||
    processors.length
  );
}

/** By the threads that share a core; 0 where /sys does not say it. */
function coresOfSys({ reader, paths }: Host): number {
  const folder = `${paths.sys}/devices/system/cpu`;
  let names: readonly string[];
  try {
    names = reader.files.readdir(folder);
  } catch (error) {
    if (isGone(error)) return 0;
    throw error;
  }
  const cores = names
    .filter((name) => /^cpu\d+$/.test(name))
    .map((name) => {
      const topology = `${folder}/${name}/topology`;
      const siblings =
        reader.readIfThere(`${topology}/core_cpus_list`) ??
        reader.readIfThere(`${topology}/thread_siblings_list`);
      return siblings?.toString('latin1').trim();
    });
  return new Set(cores.filter((core) => core !== undefined)).size;
}
