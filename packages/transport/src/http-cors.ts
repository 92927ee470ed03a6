import type { HttpCors, HttpHeaders, HttpReply } from './http.js';

/** Cross-origin answers, prepared once. */
export interface Cors {
  /** The answer to a preflight; `undefined` where the request is none. */
  preflight(method: string, headers: HttpHeaders): HttpReply | undefined;
  /** What the reply to any other request carries. */
  headersFor(method: string, headers: HttpHeaders): Readonly<Record<string, string>> | undefined;
}

const methods = 'GET, POST, HEAD';
/** Browsers send these without asking; some libraries send the last. */
const alwaysAllowed = ['accept', 'content-type', 'x-requested-with'];

export function createCors(cors: HttpCors): Cors {
  const { allowedOrigins, allowedHeaders = [], exposedHeaders = [], maxAgeSeconds = 0 } = cors;
  const patterns = allowedOrigins.map(patternOf);
  const isAnyOrigin = allowedOrigins.includes('*');
  const isAnyHeader = allowedHeaders.includes('*');
  const names = new Set([...alwaysAllowed, ...allowedHeaders.map((name) => name.toLowerCase())]);
  const exposed = exposedHeaders.join(', ');

  function grant(headers: HttpHeaders): Readonly<Record<string, string>> | undefined {
    const { origin } = headers;
    if (typeof origin !== 'string' || !patterns.some((pattern) => pattern.test(origin))) return undefined;
    // Browsers take no credentials together with "*", so there is nothing to allow.
    return isAnyOrigin
      ? { 'access-control-allow-origin': '*' }
      : { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };
  }

  return {
    preflight(method, headers) {
      if (!isPreflight(method, headers)) return undefined;
      const wanted = headers[requestMethod];
      const vary = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';
      const granted = grant(headers);
      const asked = headers['access-control-request-headers'];
      const askedNames = typeof asked === 'string' ? asked.split(',').map((name) => name.trim()) : [];
      const isGranted =
        granted !== undefined &&
        methods.split(', ').includes(String(wanted)) &&
        (isAnyHeader || askedNames.every((name) => name === '' || names.has(name.toLowerCase())));
      if (!isGranted) return { status: 204, headers: { vary } };
      return {
        status: 204,
        headers: {
          vary,
          ...granted,
          'access-control-allow-methods': methods,
          ...(typeof asked === 'string' && { 'access-control-allow-headers': asked }),
          ...(maxAgeSeconds > 0 && { 'access-control-max-age': String(maxAgeSeconds) }),
        },
      };
    },
    headersFor(method, headers) {
      if (isPreflight(method, headers)) return undefined;
      const granted = grant(headers);
      const isExposing = granted !== undefined && exposed !== '';
      return { vary: 'Origin', ...granted, ...(isExposing && { 'access-control-expose-headers': exposed }) };
    },
  };
}

const requestMethod = 'access-control-request-method';

function isPreflight(method: string, headers: HttpHeaders): boolean {
  return method === 'OPTIONS' && headers[requestMethod] !== undefined;
}

function patternOf(origin: string): RegExp {
  const literals = origin.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'));
  return new RegExp(`^${literals.join('.*')}$`, 'i');
}
