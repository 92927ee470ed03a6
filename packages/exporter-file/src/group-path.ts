import { posix } from 'node:path';

/**
 * Makes the path of a group from the value of its attribute, in a way in which no value leads out of what
 * stands before the `*`: `/data/*.json` and `../etc/x` make `/data/etc/x.json`, as in the Collector.
 */
export function createGroupPath(pattern: string): (value: string) => string {
  const [before = '', after = ''] = pattern.split('*');
  const prefix = posix.normalize(before);
  return (value) => {
    const segment = value.replace(/^\.{1,2}(?=\/)/, '');
    const path = posix.normalize(`${prefix}${segment}${after}`);
    // Climbing from `/` ends at `/`: what is joined to the prefix then cannot leave it.
    return path.startsWith(prefix) ? path : posix.join(prefix, posix.join('/', `${segment}${after}`));
  };
}
