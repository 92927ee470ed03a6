import type { AttributeInput } from '@tributary/component';
import type { AttributeOf } from '../attributes.js';
import { found, messageOf, type Detect, type Place } from '../detector.js';
import { readCpu } from './cpu.js';
import { findHostname } from './hostname.js';
import { addressesOf } from './interfaces.js';
import { readHostId, readSystem } from './operating-system.js';

type Attribute = AttributeOf<'system'>;

/** The host, by what its system says. */
export const detectSystem: Detect = async (place, signal) => {
  const { surroundings, runtime, config } = place;
  const isWanted = (...names: readonly Attribute[]): boolean =>
    names.some((name) => !config.system.resource_attributes.has(name));
  /** What cannot be read is left out with a warning, where it was asked for. */
  const read = async <T extends object>(
    names: readonly Attribute[],
    work: (place: Place, signal: AbortSignal) => Promise<T>,
  ): Promise<T | undefined> => {
    if (!isWanted(...names)) return undefined;
    try {
      return await work(place, signal);
    } catch (error) {
      runtime.logger.warn(`system: cannot read ${names.join(', ')}`, { error: messageOf(error) });
      return undefined;
    }
  };
  const [name, id, system, cpu] = await Promise.all([
    isWanted('host.name') ? findHostname(place, signal) : undefined,
    read(['host.id'], async () => ({ id: await readHostId(place, signal) })),
    read(['os.description', 'os.name', 'os.version', 'os.build.id'], readSystem),
    read(cpuAttributes, readCpu),
  ]);
  const attributes: Partial<Record<Attribute, AttributeInput | undefined>> = {
    'host.name': name,
    'os.type': osTypes[surroundings.platform] ?? surroundings.platform,
    'host.id': id?.id,
    'host.arch': architecture(surroundings.arch()),
    ...(isWanted('host.ip', 'host.mac', 'host.interface') && addressesOf(surroundings.networkInterfaces())),
    ...cpu,
    ...system,
  };
  return found(attributes);
};

const cpuAttributes = [
  'host.cpu.vendor.id',
  'host.cpu.family',
  'host.cpu.model.id',
  'host.cpu.model.name',
  'host.cpu.stepping',
  'host.cpu.cache.l2.size',
] as const;

/** Names of the conventions, where Node has others. */
const osTypes: Readonly<Record<string, string>> = {
  win32: 'windows',
  cygwin: 'windows',
  sunos: 'solaris',
  android: 'linux',
  dragonfly: 'dragonflybsd',
  zos: 'z_os',
};
const architectures: Readonly<Record<string, string>> = {
  x64: 'amd64',
  ia32: 'x86',
  arm: 'arm32',
};

function architecture(name: string): string {
  return architectures[name] ?? name;
}
