import type { Diagnostic } from './diagnostic.js';
import type { ErrorCode } from './error-codes.js';
import type { Place, Source } from './tree.js';
import { wholeOf, type Fragment } from './yaml.js';

/** What configuration is read from. Everything from outside comes in here. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fs: Pick<typeof import('node:fs/promises'), 'readFile'>;
  /** Without it `http:` and `https:` are refused. */
  readonly fetch?: typeof fetch | undefined;
}

/** A scheme and what belongs to it: `env` and `NAME:-default`. */
export interface Location {
  readonly scheme: string;
  readonly opaque: string;
}

/** Who asks for a text, and where; what is said about him must not hold text of an environment variable. */
export interface Request {
  readonly location: Location;
  /** As it was written: `./agent.yaml`, `env:NAME`. */
  readonly written: string;
  readonly place: Place;
  readonly path: readonly (string | number)[];
  /** The location was made with text of an environment variable. */
  readonly isSecret: boolean;
  /** Where the part of the location behind a position stands, where that is known exactly. */
  fragmentFrom?(position: number): Fragment | undefined;
}

/** A text, or nothing of a variable that is not set; what could not be read is in the diagnostics alone. */
export interface Retrieved {
  readonly fragment: Fragment | undefined;
  /** The text is text: an empty default is an empty string and no null. */
  readonly isText?: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

const schemes = ['file', 'env', 'yaml', 'http', 'https'];
const uri = /^([A-Za-z][A-Za-z0-9+.-]+):([^]*)$/;
const variableName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Larger than any configuration; a device or a log that was named by mistake ends here. */
const maxBytes = 4 * 2 ** 20;

/** The parts of a URI; `undefined` where it has no scheme. */
export function parseLocation(text: string): Location | undefined {
  const [, scheme, opaque] = uri.exec(text) ?? [];
  return scheme === undefined ? undefined : { scheme, opaque: opaque! };
}

/** What a location of `--config` means: no scheme, or one letter before the colon, is a file. */
export function parseConfigLocation(text: string): Location | undefined {
  if (/^[A-Za-z]:/.test(text) || !text.includes(':')) return { scheme: 'file', opaque: text };
  return parseLocation(text);
}

/** Whether a scheme is one that can be read. */
export function isKnownScheme(scheme: string): boolean {
  return schemes.includes(scheme);
}

/** The schemes that can be read, for hints. */
export const schemesHint: string = `Known schemes are ${schemes.join(', ')}.`;

/** Reads the text of a location whose scheme is known. */
export async function retrieve(request: Request, from: Surroundings): Promise<Retrieved> {
  const { scheme, opaque } = request.location;
  switch (scheme) {
    case 'env':
      return retrieveVariable(request, from.env);
    case 'yaml':
      return found({ name: 'yaml:…', text: opaque, ...secret(request.isSecret) }, request.fragmentFrom?.(0));
    case 'file':
      return retrieveFile(request, from.fs);
    default:
      return retrieveUrl(request, from.fetch);
  }
}

function retrieveVariable(request: Request, env: Surroundings['env']): Retrieved {
  const { opaque } = request.location;
  const cut = opaque.indexOf(':-');
  const name = cut === -1 ? opaque : opaque.slice(0, cut);
  if (!variableName.test(name)) {
    const shown = request.isSecret ? `of ${request.written}` : JSON.stringify(name);
    return failed(
      request,
      'env-name',
      `environment variable ${shown} has invalid name: must match regex ${variableName.source}`,
      {
        hint: 'A reference is written ${env:NAME} or ${env:NAME:-default}; a "$" that means itself is written "$$".',
      },
    );
  }
  const shown = request.isSecret ? `of ${request.written}` : `"${name}"`;
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === '') {
    const hint =
      cut === -1
        ? undefined
        : 'The default is for a variable that is not set; one that is set to nothing gives nothing.';
    return {
      fragment: wholeOf({ name: variableSource(request, name), text: '', isSecret: true }),
      diagnostics: [warning(request, 'env-empty', `Environment variable ${shown} is empty.`, hint)],
    };
  }
  if (value !== undefined) return found({ name: variableSource(request, name), text: value, isSecret: true });
  if (cut !== -1) {
    const text = opaque.slice(cut + 2);
    const source = {
      name: request.isSecret ? request.written : `env:${opaque}`,
      text,
      ...secret(request.isSecret),
    };
    const fragment = request.fragmentFrom?.(cut + 2) ?? wholeOf(source);
    return { fragment, isText: text === '', diagnostics: [] };
  }
  const hint = `Set it, or give a default: \${env:${request.isSecret ? 'NAME' : name}:-default}.`;
  return {
    fragment: undefined,
    diagnostics: [
      warning(request, 'env-unset', `Environment variable ${shown} is not set; the value is empty.`, hint),
    ],
  };
}

function variableSource(request: Request, name: string): string {
  return request.isSecret ? request.written : `env:${name}`;
}

async function retrieveFile(request: Request, fs: Surroundings['fs']): Promise<Retrieved> {
  const path = request.location.opaque;
  const name = request.isSecret ? request.written : path;
  let bytes: Uint8Array;
  try {
    bytes = await fs.readFile(path);
  } catch (error) {
    return failed(request, 'source-unreadable', `unable to read the file ${name}: ${reasonOf(error)}`);
  }
  return decoded(request, name, bytes);
}

async function retrieveUrl(request: Request, get: typeof fetch | undefined): Promise<Retrieved> {
  const url = `${request.location.scheme}:${request.location.opaque}`;
  const shown = JSON.stringify(request.isSecret ? request.written : url);
  const fail = (why: string): Retrieved =>
    failed(request, 'source-unreadable', `failed to load resource from uri ${shown} ${why}`);
  if (get === undefined) return fail('since no client for HTTP was given');
  try {
    const response = await get(url);
    if (response.status !== 200) {
      await response.body?.cancel();
      return fail(`status code: ${response.status}`);
    }
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of response.body ?? []) {
      parts.push(part);
      size += part.length;
      if (size > maxBytes) break;
    }
    return decoded(request, request.isSecret ? request.written : url, Buffer.concat(parts));
  } catch (error) {
    return fail(`since ${reasonOf(error)}`);
  }
}

function decoded(request: Request, name: string, bytes: Uint8Array): Retrieved {
  if (bytes.length > maxBytes)
    return failed(request, 'source-unreadable', `${name} is larger than ${maxBytes / 2 ** 20} MiB`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return failed(request, 'source-unreadable', `${name} is not text in UTF-8`);
  }
  return found({ name, text, ...secret(request.isSecret) });
}

/** The reason without the path: the message names it already, or must not. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return (code !== undefined && reasons.get(code)) || code || 'it failed';
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or directory'],
  ['EACCES', 'permission denied'],
  ['EISDIR', 'is a directory'],
  ['ENOTDIR', 'not a directory'],
  ['ECONNREFUSED', 'the connection was refused'],
  ['ENOTFOUND', 'the name of the host is not known'],
]);

function secret(isSecret: boolean): { isSecret?: true } {
  return isSecret ? { isSecret } : {};
}

function found(source: Source, fragment: Fragment = wholeOf(source)): Retrieved {
  return { fragment, diagnostics: [] };
}

function failed(request: Request, code: ErrorCode, message: string, more?: { hint: string }): Retrieved {
  const { place, path } = request;
  return { fragment: undefined, diagnostics: [{ code, severity: 'error', path, message, place, ...more }] };
}

function warning(request: Request, code: ErrorCode, message: string, hint: string | undefined): Diagnostic {
  return { code, severity: 'warning', path: request.path, message, hint, place: request.place };
}
