import { describe, expect, it } from 'vitest';
import { Connections, maxConnections } from '../src/connections.js';

interface Connection {
  readonly n: number;
}

function full(): { connections: Connections<Connection>; all: Connection[]; closed: Connection[] } {
  const closed: Connection[] = [];
  const connections = new Connections<Connection>((connection) => closed.push(connection));
  const all = Array.from({ length: maxConnections }, (_, n) => ({ n }));
  for (const connection of all) connections.opened(connection);
  return { connections, all, closed };
}

describe('as many connections as a server may have', () => {
  it('stay, and one more closes the one that has been without a request for longest', () => {
    const { connections, all, closed } = full();
    expect(closed).toEqual([]);
    connections.begun(all[0]!);
    connections.begun(all[1]!);
    connections.ended(all[1]!);
    connections.opened({ n: -1 });
    connections.opened({ n: -2 });
    expect(closed).toEqual([all[2], all[3]]);
  });

  it('make room when one of them closes', () => {
    const { connections, all, closed } = full();
    connections.closed(all[7]!);
    connections.opened({ n: -1 });
    expect(closed).toEqual([]);
  });

  it('keep a connection with several requests until the last one has ended', () => {
    const { connections, all, closed } = full();
    connections.begun(all[0]!);
    connections.begun(all[0]!);
    connections.ended(all[0]!);
    connections.opened({ n: -1 });
    expect(closed).toEqual([all[1]]);
    expect([...connections.idle]).not.toContain(all[0]);
  });

  it('let a new one in where all have requests', () => {
    const { connections, all, closed } = full();
    for (const connection of all) connections.begun(connection);
    connections.opened({ n: -1 });
    expect(closed).toEqual([]);
  });
});
