import { messageOf, within, type Place } from './detector.js';
import type { Answer } from './http.js';

/** Amazon's instance metadata, version 2: every request carries a token. */
export interface InstanceMetadata {
  /** The text at a path below `/latest/`; `undefined` where there is none. */
  get(path: string): Promise<string | undefined>;
}

const tokenHeader = 'x-aws-ec2-metadata-token';
const tokenSeconds = 300;

/** Undefined where there is no such server: no answer in time, or one of something else. */
export async function openInstanceMetadata(
  place: Place,
  signal: AbortSignal,
): Promise<InstanceMetadata | { readonly missing: string }> {
  const { runtime, surroundings, config } = place;
  const base = `${surroundings.endpoints.instance}/latest/`;
  const { max_attempts: attempts, max_backoff: maxBackoffMs } = config.ec2;

  async function put(): Promise<Answer> {
    return within(runtime, signal, (ending) =>
      surroundings.ask(
        {
          url: `${base}api/token`,
          method: 'PUT',
          headers: { [`${tokenHeader}-ttl-seconds`]: String(tokenSeconds) },
        },
        ending,
      ),
    );
  }

  let token: string;
  try {
    const { status, text } = await put();
    if (status !== 200) return { missing: `the request for a token is answered with ${status}` };
    token = text.trim();
  } catch (error) {
    return { missing: messageOf(error) };
  }

  async function attempt(path: string): Promise<string | undefined> {
    const { status, text } = await within(runtime, signal, (ending) =>
      surroundings.ask({ url: `${base}${path}`, headers: { [tokenHeader]: token } }, ending),
    );
    if (status === 200) return text;
    if (status === 404) return undefined;
    throw new Error(`GET /latest/${path} is answered with ${status}`);
  }

  return {
    async get(path) {
      for (let made = 1; ; made++) {
        try {
          return await attempt(path);
        } catch (error) {
          if (made >= attempts || signal.aborted) throw error;
          const pauseMs = Math.min(100 * 2 ** (made - 1) * (0.5 + runtime.random()), maxBackoffMs);
          await runtime.clock.sleep(pauseMs, signal);
        }
      }
    },
  };
}

/** The tags of an instance that allows them in its metadata. */
export async function tagsOf(metadata: InstanceMetadata): Promise<ReadonlyMap<string, string>> {
  const list = await metadata.get('meta-data/tags/instance');
  if (list === undefined) throw new Error('the instance does not allow tags in its metadata');
  const tags = new Map<string, string>();
  for (const key of list.split('\n').filter((line) => line !== '')) {
    const value = await metadata.get(`meta-data/tags/instance/${encodeURIComponent(key)}`);
    if (value !== undefined) tags.set(key, value);
  }
  return tags;
}

/** The parts of the identity document that detectors use. */
export const identityPath = 'dynamic/instance-identity/document';
