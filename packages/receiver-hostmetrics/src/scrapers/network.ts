import { networkMetrics } from '../definitions.js';
import { createFilter } from '../filter.js';
import { isGone } from '../host/files.js';
import type { Host } from '../host/host.js';
import { createMetricSet } from '../metric-set.js';
import { count } from '../parse/fields.js';
import { countTcp, noConnections, parseNetDev, tcpStates, type TcpCounts } from '../parse/net.js';
import type { ScraperSettings } from '../scraper-schema.js';
import { part, type Scrape, type Scraper } from './scraper.js';

/** So much of a table of connections is read before others have their turn. */
const sliceBytes = 65_536;
/**
 * The kernel gives as many whole lines as fit a page of at least 4096 bytes, and no line has 256: what is shorter
 * than this was the last. To ask whether there is more would make it walk through its whole table again, which is
 * half of what a scrape costs (`npm run bench:hostmetrics`).
 */
const shortestSlice = 4096 - 256;

/** Interfaces, connections and connections that the firewall tracks, of /proc/net and /proc/sys/net. */
export function createNetworkScraper(host: Host, settings: ScraperSettings['network']): Scraper {
  const { reader, paths } = host;
  const set = createMetricSet(networkMetrics, settings.metrics);
  const {
    'system.network.connections': connections,
    'system.network.conntrack.count': tracked,
    'system.network.conntrack.max': trackedMost,
  } = set.of;
  const interfaceMetrics = [
    ['bytes', set.of['system.network.io']],
    ['packets', set.of['system.network.packets']],
    ['errors', set.of['system.network.errors']],
    ['dropped', set.of['system.network.dropped']],
  ] as const;
  const passes = createFilter(settings.include, settings.exclude);
  // The host's own network is that of its first process; /proc/net is that of whoever reads it.
  const folders = paths.proc === '/proc' ? ['net'] : ['1/net', 'net'];
  const devices = folders.map((folder) => reader.keep(`${paths.proc}/${folder}/dev`));
  let last: { readonly counts: TcpCounts; readonly at: number } | undefined;

  function readInterfaces(): Buffer {
    for (const file of devices.slice(0, -1)) {
      try {
        return file.read();
      } catch {
        // The last one says what is wrong.
      }
    }
    return devices.at(-1)!.read();
  }

  function openTable(name: string): number | undefined {
    for (const folder of folders) {
      try {
        return reader.files.open(`${paths.proc}/${folder}/${name}`);
      } catch (error) {
        if (!isGone(error) && folder === 'net') throw error;
      }
    }
    return undefined;
  }

  async function countConnections(scrape: Scrape): Promise<TcpCounts> {
    const counts = noConnections();
    const buffer = Buffer.allocUnsafe(sliceBytes);
    let isThere = false;
    for (const name of ['tcp', 'tcp6']) {
      // A kernel without IPv6 has no second table.
      const descriptor = openTable(name);
      if (descriptor === undefined) continue;
      isThere = true;
      try {
        // What is left of a line that the next slice completes.
        let rest = 0;
        for (let position = 0; ;) {
          const read = reader.files.read(descriptor, buffer, rest, position);
          if (read === 0) break;
          position += read;
          const end = buffer.lastIndexOf(0x0a, rest + read - 1) + 1;
          countTcp(buffer.subarray(0, end), counts);
          buffer.copyWithin(0, end, rest + read);
          rest = rest + read - end;
          // No line of the kernel is as long as the buffer.
          if (rest === buffer.length) rest = 0;
          if (read < shortestSlice) break;
          await scrape.pause();
        }
      } finally {
        reader.files.close(descriptor);
      }
    }
    if (!isThere) throw new Error(`${paths.proc}/net has no table of TCP`);
    return counts;
  }

  async function recordConnections(scrape: Scrape): Promise<void> {
    if (!connections.isOn) return;
    if (
      last === undefined ||
      scrape.nowMs - last.at >= settings.connections_interval ||
      scrape.nowMs < last.at
    ) {
      try {
        last = { counts: await countConnections(scrape), at: scrape.nowMs };
      } catch (error) {
        last = undefined;
        scrape.fail(error, 1);
        return;
      }
    }
    for (const state of tcpStates) connections.record(last.counts[state], ['tcp', state]);
  }

  return {
    async scrape(scrape) {
      part(
        scrape,
        interfaceMetrics.map(([, recorder]) => recorder),
        () => {
          for (const { device, receive, transmit } of parseNetDev(readInterfaces())) {
            if (!passes(device)) continue;
            for (const [key, recorder] of interfaceMetrics) {
              recorder.record(receive[key], [device, 'receive']);
              recorder.record(transmit[key], [device, 'transmit']);
            }
          }
        },
      );
      for (const [name, recorder] of [
        ['count', tracked],
        ['max', trackedMost],
      ] as const) {
        part(scrape, [recorder], () => {
          const bytes = reader.read(`${paths.proc}/sys/net/netfilter/nf_conntrack_${name}`);
          recorder.record(count(bytes.toString('latin1').trim()));
        });
      }
      await recordConnections(scrape);
      scrape.emit(set);
    },
  };
}
