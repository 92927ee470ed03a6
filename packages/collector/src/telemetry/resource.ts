import type { TelemetryAttributeValue } from '../config.js';
import type { ResourceSettings } from './settings.js';

/** What this process is, as every figure, line and push tells. */
export interface TelemetryResource {
  readonly attributes: Readonly<Record<string, TelemetryAttributeValue>>;
  readonly schemaUrl: string | undefined;
}

/** The name and version of the program that runs a collector. */
export interface BuildInfo {
  /** The name of the command: in the first line of the log, and `service.name`. */
  readonly command: string;
  /** Its version, `service.version`. */
  readonly version: string;
}

/** The defaults, and what the config says in their place or beside them. */
export function resourceOf(
  settings: ResourceSettings,
  { command, version }: BuildInfo,
  random: () => number,
): TelemetryResource {
  const all: Record<string, TelemetryAttributeValue | null> = {
    'service.name': command,
    'service.version': version,
    'service.instance.id': randomUuid(random),
    ...settings.attributes,
  };
  const attributes: Record<string, TelemetryAttributeValue> = {};
  for (const [name, value] of Object.entries(all)) if (value !== null) attributes[name] = value;
  return { attributes, schemaUrl: settings.schemaUrl };
}

/** A UUID of version 4 (RFC 9562). */
function randomUuid(random: () => number): string {
  const bytes = Buffer.from(Array.from({ length: 16 }, () => Math.floor(random() * 256)));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Of this package; a test holds the version against package.json. */
export const defaultBuild: BuildInfo = { command: 'tributary', version: '0.0.0' };
