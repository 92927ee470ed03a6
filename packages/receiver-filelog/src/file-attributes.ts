import path from 'node:path';
import type { FileLogSettings } from './config.js';
import type { FileState, LogFiles } from './files.js';

type Switches = Pick<
  FileLogSettings,
  | 'include_file_name'
  | 'include_file_path'
  | 'include_file_name_resolved'
  | 'include_file_path_resolved'
  | 'include_file_owner_name'
  | 'include_file_owner_group_name'
  | 'include_file_permissions'
>;

/** What is set on the records of a file, beside what differs between them. */
export function fileAttributes(
  config: Switches,
  files: Pick<LogFiles, 'resolve' | 'text'>,
  file: string,
  state: FileState,
): Record<string, string> {
  const attributes: Record<string, string> = {};
  if (config.include_file_name) attributes['log.file.name'] = path.basename(file);
  if (config.include_file_path) attributes['log.file.path'] = file;
  if (config.include_file_name_resolved || config.include_file_path_resolved) {
    const resolved = files.resolve(file);
    if (config.include_file_name_resolved) attributes['log.file.name_resolved'] = path.basename(resolved);
    if (config.include_file_path_resolved) attributes['log.file.path_resolved'] = resolved;
  }
  if (config.include_file_owner_name) {
    attributes['log.file.owner.name'] = nameOf(files.text('/etc/passwd'), state.uid);
  }
  if (config.include_file_owner_group_name) {
    attributes['log.file.owner.group.name'] = nameOf(files.text('/etc/group'), state.gid);
  }
  if (config.include_file_permissions) {
    attributes['log.file.permissions'] = (state.mode & 0o777).toString(8).padStart(3, '0');
  }
  return attributes;
}

/** The name of a user or a group in the list of them; its number where it has none. */
function nameOf(list: string, id: number): string {
  for (const line of list.split('\n')) {
    const [name, , number] = line.split(':');
    if (name !== undefined && number === String(id)) return name;
  }
  return String(id);
}
