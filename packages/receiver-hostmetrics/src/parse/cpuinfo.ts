/** One processor of /proc/cpuinfo. */
export interface Processor {
  readonly processor: number;
  /** `undefined` on machines that do not say it. */
  readonly mhz: number | undefined;
  /** Socket and core, where both are said. */
  readonly core: string | undefined;
}

/** Reads /proc/cpuinfo. */
export function parseCpuInfo(bytes: Buffer): Processor[] {
  return bytes
    .toString('latin1')
    .split(/^(?=processor\s*:)/m)
    .flatMap((block) => {
      const processor = valueOf(block, 'processor');
      if (processor === undefined || !/^\d{1,9}$/.test(processor)) return [];
      const mhz = Number(valueOf(block, 'cpu MHz') ?? NaN);
      const socket = valueOf(block, 'physical id');
      const core = valueOf(block, 'core id');
      return [
        {
          processor: Number(processor),
          mhz: Number.isFinite(mhz) ? mhz : undefined,
          core: socket === undefined || core === undefined ? undefined : `${socket}/${core}`,
        },
      ];
    });
}

function valueOf(block: string, key: string): string | undefined {
  return new RegExp(`^${key}[ \\t]*:[ \\t]*(\\S+)`, 'm').exec(block)?.[1];
}
