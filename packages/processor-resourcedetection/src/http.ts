import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

/** What is asked of a metadata server. */
export interface Question {
  readonly url: string;
  /** A socket file, which takes the place of the URL's host and port. */
  readonly socketPath?: string | undefined;
  /** Default `GET`. */
  readonly method?: 'GET' | 'PUT' | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Whatever its status. */
export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** More than any metadata has. */
const maxAnswerBytes = 4 << 20;

/**
 * Asks once, on a connection of its own, past any proxy, and follows no redirect: what it asks is next door. Rejects
 * where there is no answer, where it is larger than 4 MiB, and when the signal aborts.
 */
export function ask(question: Question, signal: AbortSignal): Promise<Answer> {
  const { url, socketPath, method = 'GET', headers = {} } = question;
  const start = url.startsWith('https:') ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const call = start(
      url,
      {
        method,
        headers: { ...headers },
        agent: false,
        signal,
        ...(socketPath !== undefined && { socketPath }),
      },
      (message) => {
        read(message).then(resolve, reject);
      },
    );
    call.on('error', reject);
    call.end();
  });
}

async function read(message: IncomingMessage): Promise<Answer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of message as AsyncIterable<Uint8Array>) {
    bytes += piece.byteLength;
    if (bytes > maxAnswerBytes) throw new Error(`an answer of more than ${maxAnswerBytes} bytes`);
    pieces.push(piece);
  }
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    text: Buffer.concat(pieces).toString('utf8'),
  };
}
