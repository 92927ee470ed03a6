import { constants, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Clock } from '@tributary/component';
import type { PingEnforcement } from './unary.js';

/** So many pings too early are forgiven between two answers: clients measure bandwidth by them, too. */
const forgivenPings = 2;
/** Between pings that nobody expects. */
const idlePingMs = 7_200_000;

/**
 * Ends connections whose clients ping too often, by the rules of grpc-go: each ping that comes too
 * early is a strike, the end of a call takes all strikes back.
 */
export function enforcePings(
  server: Http2Server,
  { minTimeMs, permitWithoutStream }: PingEnforcement,
  clock: Clock,
): void {
  server.on('session', (session: ServerHttp2Session) => {
    let strikes = 0;
    let streams = 0;
    let last: number | undefined;
    session.on('stream', (stream: ServerHttp2Stream) => {
      streams++;
      stream.once('close', () => {
        streams--;
        strikes = 0;
      });
    });
    session.on('ping', () => {
      const now = clock.monotonic();
      const least = streams > 0 || permitWithoutStream ? minTimeMs : idlePingMs;
      if (last !== undefined && now - last < least) strikes++;
      last = now;
      if (strikes <= forgivenPings) return;
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, Buffer.from('too_many_pings'));
      session.destroy();
    });
  });
}
