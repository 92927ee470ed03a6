import { processMetrics } from '../definitions.js';
import { createFilter } from '../filter.js';
import { isGone } from '../host/files.js';
import type { Host } from '../host/host.js';
import { createMetricSet } from '../metric-set.js';
import { numbersByKey } from '../parse/fields.js';
import { parsePidMemory, parsePidStat, parsePidStatus, type PidStat, type PidStatus } from '../parse/pid.js';
import type { ScraperSettings } from '../scraper-schema.js';
import { eachPid } from './pids.js';
import { createProcessResource } from './process-resource.js';
import type { Scrape, Scraper } from './scraper.js';

/** What a process had used when it was last looked at. */
interface Earlier {
  readonly started: number;
  readonly user: number;
  readonly system: number;
  readonly wait: number;
  readonly atMs: number;
}

/** The process is gone: nothing of it is told. */
const gone = Symbol('gone');

const schemaUrl = 'https://opentelemetry.io/schemas/1.43.0';

/** Each process by itself, of /proc/<pid>. What vanishes while it is read is no error. */
export function createProcessScraper(host: Host, settings: ScraperSettings['process']): Scraper {
  const { reader, kernel } = host;
  const set = createMetricSet(processMetrics, settings.metrics);
  const { of } = set;
  const isOn = (...names: readonly (keyof typeof of)[]): boolean => names.some((name) => of[name].isOn);
  const needsStatus = isOn('process.context_switches', 'process.signals_pending');
  const passes = createFilter(settings.include, settings.exclude);
  const resource = createProcessResource(host, settings);
  let before = new Map<number, Earlier>();

  /** Reads a part of a process. What else cannot be read is told, unless `isMuted`. */
  function attempt(
    scrape: Scrape,
    pid: number,
    what: string,
    metrics: number,
    isMuted: boolean,
    read: () => void,
  ): void {
    try {
      read();
    } catch (error) {
      // A zombie, or a process that ends just now, has no such file any more.
      if (isGone(error) || isMuted || settings.mute_process_all_errors) return;
      scrape.fail(new Error(`error reading ${what} for pid ${pid}: ${(error as Error).message}`), metrics);
    }
  }

  function readStat(folder: string): PidStat | typeof gone {
    const bytes = reader.readIfThere(`${folder}/stat`);
    return (bytes && parsePidStat(bytes)) ?? gone;
  }

  function recordCpu(pid: number, stat: PidStat, nowMs: number, now: Map<number, Earlier>): void {
    const { ticks } = kernel;
    const times = { user: stat.user / ticks, system: stat.system / ticks, wait: stat.blockIo / ticks };
    for (const state of ['user', 'system', 'wait'] as const) {
      of['process.cpu.time'].record(times[state], [state]);
    }
    if (!isOn('process.cpu.utilization')) return;
    const earlier = before.get(pid);
    // The number of a process that has ended is given to another.
    if (earlier?.started === stat.started && nowMs > earlier.atMs) {
      const whole = ((nowMs - earlier.atMs) / 1000) * Math.max(1, host.stat().cpus.length);
      for (const state of ['user', 'system', 'wait'] as const) {
        of['process.cpu.utilization'].record(Math.max(0, times[state] - earlier[state]) / whole, [state]);
      }
    }
    now.set(pid, { started: stat.started, ...times, atMs: nowMs });
  }

  function recordMemory(folder: string): void {
    const { size, resident } = parsePidMemory(reader.read(`${folder}/statm`));
    of['process.memory.usage'].record(resident * kernel.pageSize);
    of['process.memory.virtual'].record(size * kernel.pageSize);
    if (isOn('process.memory.utilization')) {
      const total = (host.memory().get('MemTotal') ?? NaN) * 1024;
      of['process.memory.utilization'].record((resident * kernel.pageSize) / total);
    }
  }

  function recordIo(folder: string): void {
    const io = numbersByKey(reader.read(`${folder}/io`));
    const counted = settings.disk_io === 'storage' ? ['read_bytes', 'write_bytes'] : ['rchar', 'wchar'];
    of['process.disk.io'].record(io.get(counted[0]!) ?? NaN, ['read']);
    of['process.disk.io'].record(io.get(counted[1]!) ?? NaN, ['write']);
    of['process.disk.operations'].record(io.get('syscr') ?? NaN, ['read']);
    of['process.disk.operations'].record(io.get('syscw') ?? NaN, ['write']);
  }

  function recordSwitches(folder: string): void {
    let voluntary = 0;
    let involuntary = 0;
    for (const thread of reader.files.readdir(`${folder}/task`)) {
      const bytes = reader.readIfThere(`${folder}/task/${thread}/status`);
      if (bytes === undefined) continue;
      const status = parsePidStatus(bytes);
      voluntary += status.voluntarySwitches;
      involuntary += status.involuntarySwitches;
    }
    of['process.context_switches'].record(involuntary, ['involuntary']);
    of['process.context_switches'].record(voluntary, ['voluntary']);
  }

  function visit(scrape: Scrape, pid: number, folder: string, now: Map<number, Earlier>): void {
    const stat = readStat(folder);
    if (stat === gone) return;
    const startedMs = host.bootTime() * 1000 + (stat.started * 1000) / kernel.ticks;
    const delay = settings.scrape_process_delay;
    if (delay > 0 && scrape.nowMs - startedMs < delay) return;
    const reading = (what: string, metrics: number, isMuted: boolean, read: () => void): void =>
      attempt(scrape, pid, what, metrics, isMuted, read);

    const process = resource.of(pid, folder, stat, reading);
    if (!passes(process.name) || !process.passes) return;

    reading('cpu times', 1, false, () => recordCpu(pid, stat, scrape.nowMs, now));
    of['process.threads'].record(stat.threads);
    of['process.paging.faults'].record(stat.majorFaults, ['major']);
    of['process.paging.faults'].record(stat.minorFaults, ['minor']);
    of['process.uptime'].record(Math.max(0, scrape.nowMs - startedMs) / 1000);
    if (isOn('process.memory.usage', 'process.memory.virtual', 'process.memory.utilization')) {
      reading('memory info', 2, false, () => recordMemory(folder));
    }
    if (isOn('process.disk.io', 'process.disk.operations')) {
      reading('disk usage', 1, settings.mute_process_io_error, () => recordIo(folder));
    }
    if (isOn('process.open_file_descriptors')) {
      reading('open file descriptor count', 1, false, () =>
        of['process.open_file_descriptors'].record(reader.files.readdir(`${folder}/fd`).length),
      );
    }
    if (needsStatus) reading('status', 2, false, () => recordStatus(folder));
    scrape.emit(set, {
      schemaUrl,
      start: BigInt(Math.round(startedMs)) * 1_000_000n,
      resource: process.attributes,
    });
  }

  function recordStatus(folder: string): void {
    if (isOn('process.context_switches')) recordSwitches(folder);
    if (!isOn('process.signals_pending')) return;
    const status: PidStatus = parsePidStatus(reader.read(`${folder}/status`));
    of['process.signals_pending'].record(status.pendingSignals);
  }

  return {
    async scrape(scrape) {
      const now = new Map<number, Earlier>();
      resource.begin();
      await eachPid(host, scrape, (pid, folder) => visit(scrape, pid, folder, now));
      before = now;
    },
  };
}
