import { UsageError } from '../command-line.js';

/** Where the books are asked for. */
export interface BalanceUrl {
  readonly url: string;
  /** What the user calls it. */
  readonly name: string;
}

/** `http://localhost:8888`, or what stands before `/balance` elsewhere; without a scheme it is http. @throws UsageError */
export function balanceUrl(endpoint: string): BalanceUrl {
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
  return { url: `${url.origin}${path}/balance`, name: `${url.origin}${path}` };
}
