import type { Host } from '../host/host.js';
import type { Scrape } from './scraper.js';

/** So many processes are looked at before others have their turn. */
const sliceSize = 20;

/** Calls `visit` for each process of the host, in slices. */
export async function eachPid(
  host: Host,
  scrape: Scrape,
  visit: (pid: number, folder: string) => void,
): Promise<void> {
  let seen = 0;
  for (const name of host.reader.files.readdir(host.paths.proc)) {
    if (!/^[1-9]\d{0,9}$/.test(name)) continue;
    visit(Number(name), `${host.paths.proc}/${name}`);
    if (++seen % sliceSize === 0) await scrape.pause();
  }
}
