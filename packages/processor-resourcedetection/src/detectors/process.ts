import path from 'node:path';
import { found, type Detect } from '../detector.js';

/** This process, by the names of the semantic conventions. */
export const detectProcess: Detect = async ({ surroundings: { process, platform } }) => {
  const names = platform === 'win32' ? path.win32 : path.posix;
  return found({
    'process.pid': process.pid,
    'process.parent_pid': process.parentPid,
    'process.executable.name': names.basename(process.executablePath),
    'process.executable.path': process.executablePath,
    'process.command': process.args[0],
    'process.command_args': process.args,
    'process.owner': ownerOf(process),
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.nodeVersion,
    'process.runtime.description': `Node.js ${process.nodeVersion}, V8 ${process.v8Version}`,
  });
};

/** A container may run under a number that has no name. */
function ownerOf(process: { owner(): string }): string | undefined {
  try {
    return process.owner();
  } catch {
    return undefined;
  }
}
