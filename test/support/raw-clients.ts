/**
 * Clients without any library of ours, for tests of servers from outside. They live as long as the test.
 * Addresses are `host:port`.
 */
import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect, Server, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** The preface of HTTP/2 and empty SETTINGS: a client that then says no more. */
export const http2Preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';

/** A connection on which nothing is read. */
export function connected(address: string): Socket {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  return socket;
}

/** A connection that writes what it is given; `closed` resolves with all that came back. */
export function speaking(address: string, text: string): { socket: Socket; closed: Promise<string> } {
  const socket = connected(address);
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  const closed = new Promise<string>((resolve) =>
    socket.on('close', () => resolve(Buffer.concat(pieces).toString())),
  );
  socket.write(text);
  return { socket, closed };
}

/** A connection by HTTP/2. */
export function http2Session(address: string): ClientHttp2Session {
  const session = connectHttp2(`http://${address}`);
  onTestFinished(() => session.destroy());
  session.on('error', () => {});
  return session;
}

/** How many requests at a time the server allows a connection. */
export async function maxStreamsOf(session: ClientHttp2Session): Promise<number | undefined> {
  await once(session, 'remoteSettings');
  return session.remoteSettings.maxConcurrentStreams;
}

/**
 * Pings five times, without a request, and lets `between` go by after each: `answered`, or what the server
 * said when that was too often.
 */
export async function pinging(
  session: ClientHttp2Session,
  between: () => Promise<unknown> | undefined = () => undefined,
): Promise<string> {
  await once(session, 'connect');
  const told = new Promise<string>((resolve) =>
    session.once('goaway', (_code, _stream, data) => resolve(String(data))),
  );
  for (let n = 0; n < 5; n++) {
    const isAnswered = await new Promise((resolve) => {
      if (!session.ping((error) => resolve(error === null))) resolve(false);
    });
    if (isAnswered === false) return told;
    await between();
  }
  return 'answered';
}

/** The socket that listens at an address: what nobody but the system could close. */
export function listenerOf(address: string): Server {
  const handles = (process as unknown as { _getActiveHandles(): unknown[] })._getActiveHandles();
  const isIt = (handle: unknown): handle is Server =>
    handle instanceof Server &&
    address.endsWith(`:${(handle.address() as AddressInfo | null)?.port ?? 'none'}`);
  return handles.find(isIt)!;
}
