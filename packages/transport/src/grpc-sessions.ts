/**
 * What @grpc/grpc-js and node:http2 leave unbounded of the connections of a gRPC
 * server: how many there are, how long they may be silent, in what pieces and how
 * slowly a request may arrive, and how slowly an answer may be taken.
 */
import { constants, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Clock, Timer } from '@tributary/component';
import type { Arriving } from './arriving.js';
import { Connections } from './connections.js';

/** As `read_timeout` of HTTP, which gRPC has no key for. */
const arrivalLimitMs = 300_000;
/** As `write_timeout` of HTTP. */
const answerLimitMs = 30_000;
/** As `idle_timeout` of HTTP; here nothing is closed for that, but asked whether it is still there. */
const silenceLimitMs = 60_000;
/** Go's, of keepalive. */
const pingLimitMs = 20_000;
/** How late the limits may strike. */
const lookEveryMs = 10_000;

/** So many pieces may be of any size; beyond, they must have so many bytes on average. */
const freePieces = 1024;
const minPieceBytes = 64;

/** What is known of a connection: by its bytes, whether anything came since the last look. */
interface Silence {
  bytes: number;
  sinceMs: number;
  state: 'speaking' | 'asked' | 'answered';
}

export interface SessionSettings {
  readonly clock: Clock;
  readonly arriving: Arriving;
  /** Whether the answers of a path go on for as long as the client likes. */
  readonly isStream: (path: string) => boolean;
  /** Whether a call of a path would be let in. */
  readonly hasRoom: (path: string) => boolean;
}

/** Watches over the sessions of a server until the timer is stopped. */
export function watchSessions(
  server: Http2Server,
  { clock, arriving, isStream, hasRoom }: SessionSettings,
): Timer {
  const connections = new Connections<ServerHttp2Session>((session) => session.destroy());
  const silences = new Map<ServerHttp2Session, Silence>();
  /** Unary calls that are open, and since when they have been seen answered. */
  const answered = new Map<ServerHttp2Stream, number | undefined>();

  server.on('session', (session: ServerHttp2Session) => {
    connections.opened(session);
    silences.set(session, { bytes: 0, sinceMs: clock.monotonic(), state: 'speaking' });
    session.once('close', () => {
      connections.closed(session);
      silences.delete(session);
    });
  });

  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    const session = stream.session as ServerHttp2Session;
    const path = headers[':path'] ?? '';
    connections.begun(session);
    const arrival = arriving.begin({
      hasRoom: () => hasRoom(path),
      // Clients send again what was refused so.
      cut: () => stream.close(constants.NGHTTP2_REFUSED_STREAM),
    });
    let pieces = 0;
    let bytes = 0;
    stream.on('data', ({ byteLength }: Buffer) => {
      pieces++;
      bytes += byteLength;
      arrival.add(byteLength);
      // grpc-js keeps every DATA frame as it came until the message is whole, and 4 MiB in frames of one byte
      // take 450 MB. It also reads what comes for a method that does not exist, which would otherwise hold the
      // window of the whole connection.
      if (pieces > freePieces && bytes < pieces * minPieceBytes) {
        stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
      }
    });
    stream.once('end', arrival.end);
    stream.once('finish', () => {
      // The answer is complete before the request is: a refusal at the headers. grpc-js leaves the stream paused,
      // and what the client still sends, up to a whole window, would lie in memory until the client notices.
      // NO_ERROR asks it to stop, and the answer stands (RFC 9113, section 8.1).
      if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
    });
    if (!isStream(path)) answered.set(stream, undefined);
    stream.once('close', () => {
      connections.ended(session);
      arrival.end();
      answered.delete(stream);
    });
  });

  function lookAtSilence(session: ServerHttp2Session, silence: Silence): void {
    // On its way to 'close'; it would throw.
    if (session.destroyed) return;
    const bytes = session.socket?.bytesRead ?? 0;
    const now = clock.monotonic();
    if (bytes !== silence.bytes) {
      silences.set(session, { bytes, sinceMs: now, state: 'speaking' });
    } else if (silence.state === 'speaking' && now - silence.sinceMs >= silenceLimitMs) {
      const asked: Silence = { bytes, sinceMs: now, state: 'asked' };
      silences.set(session, asked);
      session.ping((error) => {
        if (error !== null) return;
        asked.state = 'answered';
        asked.bytes = session.socket?.bytesRead ?? 0;
      });
    } else if (silence.state === 'asked' && now - silence.sinceMs >= pingLimitMs) {
      session.destroy();
    }
  }

  return clock.every(lookEveryMs, () => {
    arriving.cutOlderThan(arrivalLimitMs);
    for (const [session, silence] of silences) lookAtSilence(session, silence);
    const now = clock.monotonic();
    for (const [stream, sinceMs] of answered) {
      if (!stream.headersSent) continue;
      if (sinceMs === undefined) answered.set(stream, now);
      else if (now - sinceMs >= answerLimitMs) stream.close(constants.NGHTTP2_CANCEL);
    }
  });
}
