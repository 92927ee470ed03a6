/** What says which process it is, on its resource. */
export const processAttributes = [
  'process.cgroup',
  'process.command',
  'process.command_line',
  'process.executable.name',
  'process.executable.path',
  'process.linux.cgroup',
  'process.owner',
  'process.parent_pid',
  'process.pid',
] as const;
export type ProcessAttribute = (typeof processAttributes)[number];

/** Both names of the same. */
export const offByDefault: ReadonlySet<ProcessAttribute> = new Set([
  'process.cgroup',
  'process.linux.cgroup',
]);
