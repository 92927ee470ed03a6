import type { Place } from '../detector.js';

/** Of the first processor. */
export interface Cpu {
  readonly 'host.cpu.vendor.id'?: string | undefined;
  readonly 'host.cpu.family'?: string | undefined;
  readonly 'host.cpu.model.id'?: string | undefined;
  readonly 'host.cpu.model.name'?: string | undefined;
  readonly 'host.cpu.stepping'?: string | undefined;
  /** Bytes. */
  readonly 'host.cpu.cache.l2.size'?: number | undefined;
}

/** What Linux says of the processor; elsewhere its name, which is what Node knows. */
export async function readCpu({ surroundings, runtime }: Place): Promise<Cpu> {
  if (surroundings.platform === 'linux') {
    return parseCpuInfo(await runtime.fs.readFile('/proc/cpuinfo', 'utf8'));
  }
  return { 'host.cpu.model.name': surroundings.cpus()[0]?.model };
}

/** `/proc/cpuinfo` of x86 and ARM. */
export function parseCpuInfo(text: string): Cpu {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    // The next processor begins.
    if (line.trim() === '' && fields.has('processor')) break;
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  const cache = /^(\d+) KB$/.exec(fields.get('cache size') ?? '');
  return {
    'host.cpu.vendor.id': fields.get('vendor_id') ?? fields.get('CPU implementer'),
    'host.cpu.family': fields.get('cpu family') ?? fields.get('CPU architecture'),
    'host.cpu.model.id': fields.get('model') ?? fields.get('CPU part'),
    'host.cpu.model.name': fields.get('model name'),
    'host.cpu.stepping': fields.get('stepping') ?? fields.get('CPU revision'),
    'host.cpu.cache.l2.size': cache === null ? undefined : Number(cache[1]) * 1024,
  };
}
