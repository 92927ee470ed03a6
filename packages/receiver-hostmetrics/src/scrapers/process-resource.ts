import { isGone } from '../host/files.js';
import type { Host } from '../host/host.js';
import { nameOf, parseCommandLine, parsePasswd, parsePidStatus, type PidStat } from '../parse/pid.js';
import { offByDefault, processAttributes, type ProcessAttribute } from '../process-attributes.js';
import { createFilter } from '../filter.js';
import type { ScraperSettings } from '../scraper-schema.js';

/** Which process it is. */
export interface ProcessIdentity {
  /** `process.executable.name`, whether or not that is on. */
  readonly name: string;
  /** Whether the filters by attributes let it pass. */
  readonly passes: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** Reads a part; an error is told under that name and costs so many metrics. */
export type Reading = (what: string, metrics: number, isMuted: boolean, read: () => void) => void;

export interface ProcessResource {
  /** A new scrape begins: users are looked up anew. */
  begin(): void;
  of(pid: number, folder: string, stat: PidStat, reading: Reading): ProcessIdentity;
}

export function createProcessResource(host: Host, settings: ScraperSettings['process']): ProcessResource {
  const { reader, paths } = host;
  const isOn = (name: ProcessAttribute): boolean =>
    settings.resource_attributes[name]?.enabled ?? !offByDefault.has(name);
  const on = new Set(processAttributes.filter(isOn));
  const needs = (...names: readonly ProcessAttribute[]): boolean =>
    names.some((name) => on.has(name) || filters.some(([of]) => of === name));
  const filters = processAttributes.flatMap((name) => {
    const { metrics_include: include, metrics_exclude: exclude } = settings.resource_attributes[name] ?? {};
    if (include === undefined && exclude === undefined) return [];
    return [[name, patternsOf(include), patternsOf(exclude)] as const];
  });
  let users: ReadonlyMap<number, string> | undefined;

  function owner(folder: string): string | undefined {
    const status = reader.readIfThere(`${folder}/status`);
    if (status === undefined) return undefined;
    const { uid } = parsePidStatus(status);
    users ??= parsePasswd(reader.readIfThere(`${paths.etc}/passwd`) ?? Buffer.alloc(0));
    const name = users.get(uid);
    if (name === undefined) throw new Error(`user: unknown userid ${uid}`);
    return name;
  }

  return {
    begin() {
      users = undefined;
    },
    of(pid, folder, stat, reading) {
      const found: Partial<Record<ProcessAttribute, string | number>> = {
        'process.pid': pid,
        'process.parent_pid': stat.parent,
      };
      let name = stat.comm;
      reading('process name', 0, settings.mute_process_name_error, () => {
        const words = parseCommandLine(reader.readIfThere(`${folder}/cmdline`) ?? Buffer.alloc(0));
        name = nameOf(stat.comm, words[0]);
        if (words.length === 0) return;
        found['process.command'] = words[0]!;
        found['process.command_line'] = words.join(' ');
      });
      found['process.executable.name'] = name;
      if (needs('process.executable.path')) {
        reading('process executable', 0, settings.mute_process_exe_error, () => {
          try {
            found['process.executable.path'] = reader.files.readlink(`${folder}/exe`);
          } catch (error) {
            // A thread of the kernel has none.
            if (!isGone(error)) throw error;
          }
        });
      }
      if (needs('process.owner')) {
        reading('username', 0, settings.mute_process_user_error, () => {
          const user = owner(folder);
          if (user !== undefined) found['process.owner'] = user;
        });
      }
      if (needs('process.cgroup', 'process.linux.cgroup')) {
        reading('process cgroup', 0, settings.mute_process_cgroup_error, () => {
          const bytes = reader.readIfThere(`${folder}/cgroup`);
          if (bytes === undefined) return;
          found['process.cgroup'] = found['process.linux.cgroup'] = bytes.toString('utf8').trimEnd();
        });
      }
      return {
        name,
        passes: filters.every(([attribute, includes, excludes]) => {
          const value = String(found[attribute] ?? '');
          return (includes?.(value) ?? true) && !(excludes?.(value) ?? false);
        }),
        attributes: Object.fromEntries(
          processAttributes.flatMap((key) => {
            const value = found[key];
            return value === undefined || !on.has(key) ? [] : [[key, value]];
          }),
        ),
      };
    },
  };
}

type ValuePatterns = readonly {
  readonly strict?: string | undefined;
  readonly regexp?: string | undefined;
}[];

/** Whether a value matches one of them; `undefined` where there are none. */
function patternsOf(patterns: ValuePatterns | undefined): ((value: string) => boolean) | undefined {
  if (patterns === undefined || patterns.length === 0) return undefined;
  const all = patterns.map(({ strict, regexp }) =>
    createFilter(
      strict === undefined
        ? { names: [regexp ?? ''], match_type: 'regexp' }
        : { names: [strict], match_type: 'strict' },
      undefined,
    ),
  );
  return (value) => all.some((passes) => passes(value));
}
