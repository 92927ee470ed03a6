import type { Clock, Logger, Runtime } from '@tributary/component';
import { filesystemMetrics } from '../definitions.js';
import { createFilter } from '../filter.js';
import type { Host } from '../host/host.js';
import type { Space } from '../host/system.js';
import { createMetricSet } from '../metric-set.js';
import { parseFilesystems, parseMountInfo, parseMounts, type Mount } from '../parse/mounts.js';
import { ratio } from '../ratio.js';
import type { ScraperSettings } from '../scraper-schema.js';
import type { Scrape, Scraper } from './scraper.js';

/** How long a file system may take to say how full it is: a server of NFS that is gone never does. */
const patienceMs = 1000;

/** What it needs beside the host. */
export interface FilesystemRuntime {
  readonly clock: Clock;
  readonly fs: Pick<Runtime['fs'], 'statfs'>;
  readonly logger: Logger;
}

/** Space and inodes, of the table of mounts and statfs(2). */
export function createFilesystemScraper(
  host: Host,
  settings: ScraperSettings['filesystem'],
  runtime: FilesystemRuntime,
): Scraper {
  const { reader, paths } = host;
  const set = createMetricSet(filesystemMetrics, settings.metrics);
  const {
    'system.filesystem.usage': usage,
    'system.filesystem.inodes.usage': inodes,
    'system.filesystem.utilization': utilization,
  } = set.of;
  const all = Object.values(set.of);
  const passesDevice = createFilter(settings.include_devices, settings.exclude_devices);
  const passesType = createFilter(settings.include_fs_types, settings.exclude_fs_types);
  const passesPlace = createFilter(settings.include_mount_points, settings.exclude_mount_points);
  const filesystems = reader.keep(`${paths.proc}/filesystems`);
  const tables = mountTables(host);
  /** Places that have not answered yet. */
  const waiting = new Set<string>();

  function readMounts(): Mount[] {
    let failure: unknown;
    for (const { file, parse } of tables) {
      try {
        return parse(file.read());
      } catch (error) {
        failure ??= error;
      }
    }
    throw failure;
  }

  function select(mounts: readonly Mount[], onDevices: ReadonlySet<string>): Mount[] {
    const seen = new Set<string>();
    return mounts.flatMap((mount) => {
      if (!settings.include_virtual_filesystems) {
        const isSubvolume = mount.type === 'btrfs';
        if (mount.device === 'none' || !onDevices.has(mount.type) || (mount.isPart && !isSubvolume))
          return [];
      }
      const device = deviceOf(host, mount);
      if (!passesDevice(device) || !passesType(mount.type) || !passesPlace(mount.mountpoint)) return [];
      const key = `${mount.mountpoint}\0${device}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ ...mount, device }];
    });
  }

  /** Those on devices answer at once, the others may never. */
  async function spaceOf({ type, mountpoint }: Mount, onDevices: ReadonlySet<string>): Promise<Space> {
    const place = paths.mountinfo === undefined ? `${paths.root}${mountpoint}` || '/' : mountpoint;
    if (onDevices.has(type)) return reader.files.statfs(place);
    if (waiting.has(place)) throw new Error('has not answered since an earlier scrape');
    waiting.add(place);
    const answer = runtime.fs.statfs(place).finally(() => waiting.delete(place));
    const late = new AbortController();
    const patience = runtime.clock.sleep(patienceMs, late.signal).then(
      () => {
        throw new Error(`has not answered within ${patienceMs / 1000} s`);
      },
      () => answer,
    );
    try {
      return await Promise.race([answer, patience]);
    } finally {
      late.abort();
    }
  }

  function record({ device, mode, mountpoint, type }: Mount, space: Space): void {
    const place = [device, mode, mountpoint, type];
    const used = (space.blocks - space.bfree) * space.bsize;
    const free = space.bavail * space.bsize;
    usage.record(used, [...place, 'used']);
    usage.record(free, [...place, 'free']);
    usage.record(Math.max(0, space.blocks * space.bsize - used - free), [...place, 'reserved']);
    inodes.record(space.files - space.ffree, [...place, 'used']);
    inodes.record(space.ffree, [...place, 'free']);
    utilization.record(ratio(used, used + free), place);
  }

  function fail(scrape: Scrape, { mountpoint }: Mount, error: unknown): void {
    const { code, message } = error as { readonly code?: unknown; readonly message: string };
    // A locked or foreign file system is none of ours, each time again.
    if (code === 'EPERM' || code === 'EACCES') {
      runtime.logger.debug('a file system cannot be asked how full it is', { mountpoint, error: message });
    } else scrape.fail(new Error(`failed to read usage at ${mountpoint}: ${message}`), 1);
  }

  return {
    async scrape(scrape) {
      if (all.every(({ isOn }) => !isOn)) return;
      const onDevices = parseFilesystems(filesystems.read());
      const mounts = select(readMounts(), onDevices);
      const outcomes = await Promise.allSettled(mounts.map((mount) => spaceOf(mount, onDevices)));
      outcomes.forEach((outcome, i) => {
        if (outcome.status === 'fulfilled') record(mounts[i]!, outcome.value);
        else fail(scrape, mounts[i]!, outcome.reason);
      });
      scrape.emit(set);
    },
  };
}

/** The mounts of the first process of the host, else of this one. */
function mountTables({ reader, paths }: Host): {
  readonly file: { read(): Buffer };
  readonly parse: (bytes: Buffer) => Mount[];
}[] {
  const folders =
    paths.mountinfo === undefined ? [`${paths.proc}/1`, `${paths.proc}/self`] : [paths.mountinfo];
  return [
    ...folders.map((folder) => ({ file: reader.keep(`${folder}/mountinfo`), parse: parseMountInfo })),
    ...folders.map((folder) => ({ file: reader.keep(`${folder}/mounts`), parse: parseMounts })),
  ];
}

/** The kernel's own name of the device, where the table has another. */
function deviceOf({ reader, paths }: Host, { device, deviceId }: Mount): string {
  try {
    if (device.startsWith('/dev/mapper/')) {
      const link = reader.files.readlink(`${paths.dev}${device.slice('/dev'.length)}`);
      return `/dev/${link.slice(link.lastIndexOf('/') + 1)}`;
    }
    if (device === '/dev/root' && deviceId !== undefined) {
      const link = reader.files.readlink(`${paths.sys}/dev/block/${deviceId}`);
      return `/dev/${link.slice(link.lastIndexOf('/') + 1)}`;
    }
  } catch {
    // Not in reach of this process: the name of the table stands.
  }
  return device;
}
