import {
  absent,
  found,
  messageOf,
  objectIn,
  textOf,
  within,
  type Absent,
  type Detect,
  type Place,
} from '../detector.js';
import type { Answer, Question } from '../http.js';

/** The host of the Docker daemon, which a container sees from inside; and the container itself, where it is asked for. */
export const detectDocker: Detect = async (place, signal) => {
  const daemon = daemonOf(place);
  if (typeof daemon !== 'object') return absent(daemon);
  const { surroundings, config } = place;
  const ask = async (path: string): Promise<Answer> => {
    const answer = await within(place.runtime, signal, (ending) =>
      surroundings.ask({ ...daemon, url: `${daemon.url}${path}` }, ending),
    );
    if (answer.status === 200) return answer;
    throw new Error(`GET ${path} is answered with ${answer.status}`);
  };
  let info: Readonly<Record<string, unknown>>;
  try {
    info = objectIn((await ask('/info')).text, 'the answer to /info');
  } catch (error) {
    return missing(`no Docker daemon at ${daemon.socketPath ?? daemon.url}: ${messageOf(error)}`);
  }
  const attributes = { 'host.name': textOf(info['Name']), 'os.type': textOf(info['OSType']) };
  const { resource_attributes: off } = config.docker;
  if (off.has('container.name') && off.has('container.image.name')) return found(attributes);
  try {
    const path = `/containers/${encodeURIComponent(surroundings.hostname())}/json`;
    const container = objectIn((await ask(path)).text, `the answer to ${path}`);
    return found({
      ...attributes,
      'container.name': textOf(container['Name']),
      'container.image.name': textOf(container['Image']),
    });
  } catch (error) {
    place.runtime.logger.warn('docker: this process is in no container of that daemon', {
      error: messageOf(error),
    });
    return found(attributes);
  }
};

/** A container without the socket is common, and so is the wish that it had one. */
function missing(why: string): Absent {
  return { absent: why, warns: true };
}

/** Where the daemon is; a text says why there is none to ask. */
function daemonOf({ surroundings: { env, endpoints, platform } }: Place): Question | string {
  const host = env['DOCKER_HOST'] ?? '';
  if (host === '') {
    if (platform === 'win32') return 'named pipes are not supported; set DOCKER_HOST to tcp://';
    return { url: 'http://docker', socketPath: endpoints.docker };
  }
  const [, scheme, rest = ''] = /^(unix|tcp|http):\/\/(.+)$/.exec(host) ?? [];
  if (scheme === 'unix') return { url: 'http://docker', socketPath: rest };
  if (scheme !== undefined && (env['DOCKER_TLS_VERIFY'] ?? '') === '') {
    return { url: `http://${rest.replace(/\/+$/, '')}` };
  }
  return `DOCKER_HOST ${JSON.stringify(host)} is not supported: unix:// and tcp:// without TLS are`;
}
