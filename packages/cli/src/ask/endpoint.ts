import { UsageError } from '../command-line.js';
import type { Question } from './ask.js';

/** Where a collector is asked that nobody has named. */
export const defaultEndpoint = 'http://localhost:8888';

/**
 * The question at a page: `balance`, at `http://localhost:8888`, or what stands before `/balance` elsewhere. Without a
 * scheme it is http.
 *
 * @throws UsageError
 */
export function questionAt(endpoint: string, page: string): Question {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint) ? endpoint : `http://${endpoint}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new UsageError(
      `invalid argument ${JSON.stringify(endpoint)} for "--endpoint": must be a URL such as "http://localhost:8888"`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError('invalid argument for "--endpoint": a URL with a password is not taken');
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/balance$/, '');
  return { url: `${url.origin}${path}/${page}`, name: `${url.origin}${path}` };
}
