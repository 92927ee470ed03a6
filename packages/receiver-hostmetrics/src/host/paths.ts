/** Where the files of the host are, as this process sees them. */
export interface HostPaths {
  /** Empty where it is that of this process. */
  readonly root: string;
  readonly proc: string;
  readonly sys: string;
  readonly etc: string;
  readonly dev: string;
  /** The folder of the table of mounts, where the environment says it. */
  readonly mountinfo: string | undefined;
}

/** Each base is that of the environment, else it stands below the root. */
export function hostPaths(rootPath: string, env: Readonly<Record<string, string | undefined>>): HostPaths {
  const root = rootPath.replace(/\/+$/, '');
  const base = (name: string): string => env[`HOST_${name.toUpperCase()}`] || `${root}/${name}`;
  const mountinfo = env['HOST_PROC_MOUNTINFO'];
  return {
    root,
    proc: base('proc'),
    sys: base('sys'),
    etc: base('etc'),
    dev: base('dev'),
    mountinfo: mountinfo ? mountinfo.replace(/\/[^/]*$/, '') : undefined,
  };
}
