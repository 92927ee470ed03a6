import type { Place } from '../detector.js';

/** What runs on the machine. */
export interface OperatingSystem {
  readonly 'os.description': string;
  readonly 'os.name'?: string | undefined;
  readonly 'os.version'?: string | undefined;
  readonly 'os.build.id'?: string | undefined;
}

export function readSystem(place: Place, signal: AbortSignal): Promise<OperatingSystem> {
  switch (place.surroundings.platform) {
    case 'linux':
      return readLinux(place);
    case 'darwin':
      return readMacOs(place, signal);
    default:
      return Promise.resolve(readOther(place));
  }
}

async function readLinux({ surroundings, runtime: { fs } }: Place): Promise<OperatingSystem> {
  const read = (file: string): Promise<string> => fs.readFile(file, 'utf8');
  const release = parseOsRelease(await read('/etc/os-release').catch(() => read('/usr/lib/os-release')));
  const name = release.get('ID');
  // Debian names its point releases in a file of its own.
  const debian = name === 'debian' ? (await read('/etc/debian_version').catch(() => '')).trim() : '';
  const kernel = `Linux ${surroundings.hostname()} ${surroundings.release()} ${surroundings.version()} ${machine(surroundings.arch())}`;
  const pretty =
    release.get('PRETTY_NAME') ?? [release.get('NAME'), release.get('VERSION')].filter(Boolean).join(' ');
  return {
    'os.description': pretty === '' ? kernel : `${pretty} (${kernel})`,
    'os.name': name,
    'os.version': debian === '' ? release.get('VERSION_ID') : debian,
    'os.build.id': release.get('BUILD_ID') ?? surroundings.release(),
  };
}

/** What `uname -m` says. */
function machine(arch: string): string {
  return { x64: 'x86_64', arm64: 'aarch64', ia32: 'i686' }[arch] ?? arch;
}

/** Assignments of the shell, with quotes; as os-release(5) has it. */
export function parseOsRelease(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^\s*([A-Z0-9_]+)=(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    const [, quote, inner] = /^(["'])(.*)\1$/.exec(value) ?? [];
    const plain = inner ?? value;
    fields.set(key, quote === "'" ? plain : plain.replace(/\\(["'$`\\])/g, '$1'));
  }
  return fields;
}

async function readMacOs({ surroundings }: Place, signal: AbortSignal): Promise<OperatingSystem> {
  const text = await surroundings.run('/usr/bin/sw_vers', [], signal);
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^(\w+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) fields.set(key, value);
  }
  const version = fields.get('ProductVersion');
  return {
    'os.description': `${fields.get('ProductName') ?? 'macOS'} ${version ?? ''} (Darwin ${surroundings.release()})`,
    'os.name': 'darwin',
    'os.version': version,
    'os.build.id': fields.get('BuildVersion'),
  };
}

/** Windows and others: Node knows the version, `10.0.20348`, and on Windows the product. */
function readOther({ surroundings }: Place): OperatingSystem {
  const release = surroundings.release();
  const version = surroundings.version();
  return {
    'os.description': version.includes(release) ? version : `${version} (${release})`,
    'os.name': surroundings.platform === 'win32' ? version : surroundings.platform,
    'os.version': release,
    'os.build.id': /^\d+\.\d+\.(\d+)$/.exec(release)?.[1] ?? release,
  };
}

/** An ID that stays until the system is installed anew. */
export async function readHostId(
  { surroundings, runtime: { fs } }: Place,
  signal: AbortSignal,
): Promise<string> {
  switch (surroundings.platform) {
    case 'darwin': {
      const text = await surroundings.run(
        '/usr/sbin/ioreg',
        ['-rd1', '-c', 'IOPlatformExpertDevice'],
        signal,
      );
      return idIn(/"IOPlatformUUID" = "([^"]+)"/.exec(text), 'IOPlatformUUID');
    }
    case 'win32': {
      const key = 'HKLM\\SOFTWARE\\Microsoft\\Cryptography';
      const text = await surroundings.run('reg.exe', ['query', key, '/v', 'MachineGuid'], signal);
      return idIn(/MachineGuid\s+REG_SZ\s+(\S+)/.exec(text), 'MachineGuid');
    }
    default: {
      const read = (file: string): Promise<string> => fs.readFile(file, 'utf8');
      const text = await read('/etc/machine-id').catch(() => read('/var/lib/dbus/machine-id'));
      return idIn(/^\s*(\S+)\s*$/.exec(text), 'machine-id');
    }
  }
}

function idIn(match: RegExpExecArray | null, what: string): string {
  const id = match?.[1];
  if (id === undefined) throw new Error(`there is no ${what}`);
  return id;
}
