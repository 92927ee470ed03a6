import type { Logger, Runtime } from '@tributary/component';
import type { HostSystem } from './system.js';

/** What is to be measured, where. */
export interface HostCheck {
  readonly system: HostSystem;
  readonly rootPath: string;
  readonly scrapers: readonly string[];
  readonly fs: Pick<Runtime['fs'], 'stat'>;
  readonly logger: Logger;
}

/** Whether the host can be measured. Throws where it cannot; warns where what is measured may be a container. */
export async function checkHost({ system, rootPath, scrapers, fs, logger }: HostCheck): Promise<void> {
  if (system.platform !== 'linux') {
    if (rootPath !== '') throw new Error('root_path is supported on linux only');
    const all = scrapers.map((name) => `scraper "${name}"`).join(', ');
    throw new Error(`not supported here: ${all}: reads /proc of Linux, this is ${system.platform}`);
  }
  if (rootPath !== '') {
    try {
      await fs.stat(rootPath);
    } catch (error) {
      throw new Error(`invalid root_path: ${(error as Error).message}`, { cause: error });
    }
    return;
  }
  const marks = await Promise.all(['/.dockerenv', '/run/.containerenv'].map((path) => isThere(fs, path)));
  if (system.pid === 1 || marks.includes(true)) {
    logger.warn('No `root_path` config set when running in docker environment, will report container stats.');
  }
}

async function isThere(fs: Pick<Runtime['fs'], 'stat'>, path: string): Promise<boolean> {
  try {
    await fs.stat(path);
    return true;
  } catch {
    return false;
  }
}
