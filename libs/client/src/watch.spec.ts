// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { admin } from '@givc/rpc';
import { watchRegistry, type WatchedAdmin, type WatchEvent } from './watch.js';

const item = (Name: string, VmStatus = 'Running'): admin.QueryListItem => ({
  Name,
  VmStatus,
  Description: '',
  TrustLevel: 'Warning',
  VmType: 'SysVM',
  ServiceType: 'Svc',
});
const initial = (...List: admin.QueryListItem[]): admin.WatchItem => ({
  Status: { $case: 'Initial', value: { List } },
});
const updated = (value: admin.QueryListItem): admin.WatchItem => ({ Status: { $case: 'Updated', value } });
const lost = new GivcError('UNAVAILABLE', 'the connection is lost');

/** The end of one connection after its messages: an error, the end of the stream, or nothing until it is cancelled. */
type End = GivcError | 'ends' | 'stays';

describe('a watch of the registry', () => {
  let connections: { isClosed: boolean }[];
  let leaving: AbortController;
  let answer: (deadlineMs: number) => Promise<unknown>;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    connections = [];
    leaving = new AbortController();
    answer = () => Promise.resolve({ List: [] });
  });
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  /** Resolves once everything that is due has happened. */
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

  /** Connects to an admin with these connections, one after the other; the last one is repeated. */
  const watch = (...scripts: (readonly [...admin.WatchItem[], End])[]) => {
    const connect = (): WatchedAdmin => {
      const script = scripts[Math.min(connections.length, scripts.length - 1)]!;
      const connection = { isClosed: false };
      connections.push(connection);
      return {
        async *watchOnce(_, { signal }) {
          for (const step of script) {
            if (step === 'ends') return;
            if (step instanceof GivcError) throw step;
            if (step !== 'stays') yield step;
          }
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(lost)));
        },
        queryList: (_, { deadlineMs }) => answer(deadlineMs),
        close: () => void (connection.isClosed = true),
      };
    };
    return watchRegistry(connect, leaving.signal);
  };

  /** Reads the iteration to its end, into a list that grows. */
  const collect = (events: AsyncGenerator<WatchEvent>) => {
    const seen: string[] = [];
    const ended = (async () => {
      for await (const event of events)
        if (event.type === 'list') seen.push(`list ${event.items.map(({ Name }) => Name).join(' ')}`);
        else if (event.type === 'disconnected') seen.push(`disconnected: ${event.error.message}`);
        else seen.push(`${event.type} ${event.item.Name} ${event.item.VmStatus}`);
    })();
    ended.catch(() => undefined);
    return { seen, ended };
  };
  const leave = async (ended: Promise<void>) => {
    leaving.abort();
    await ended;
  };

  it('yields the list as one event, then each change', async () => {
    const { seen, ended } = collect(watch([initial(item('a'), item('b')), updated(item('a', 'Paused')), 'stays']));
    await settled();
    expect(seen).toEqual(['list a b', 'updated a Paused']);
    await leave(ended);
  });

  it('skips a message of a kind that this client does not know', async () => {
    const { seen, ended } = collect(watch([initial(), {} as admin.WatchItem, updated(item('a')), 'stays']));
    await settled();
    expect(seen).toEqual(['list ', 'updated a Running']);
    await leave(ended);
  });

  it('yields the new list as one event over a new connection after the connection was lost', async () => {
    const { seen, ended } = collect(watch([initial(item('a')), lost], [initial(item('a'), item('b')), 'stays']));
    await settled();
    expect(seen).toEqual(['list a', 'disconnected: the connection is lost']);
    expect(connections).toEqual([{ isClosed: true }]);
    await jest.advanceTimersByTimeAsync(100);
    expect(seen.slice(2)).toEqual(['list a b']);
    await leave(ended);
    expect(connections).toEqual([{ isClosed: true }, { isClosed: true }]);
  });

  it('begins again when the admin ends the watch without an error', async () => {
    const { seen, ended } = collect(watch([initial(item('a')), 'ends'], [initial(item('a')), 'stays']));
    await settled();
    await jest.advanceTimersByTimeAsync(100);
    expect(seen).toEqual(['list a', 'disconnected: the admin has ended the watch', 'list a']);
    await leave(ended);
  });

  it('reports each failed attempt, with a backoff that doubles up to a second', async () => {
    const { ended } = collect(watch([lost]));
    await settled();
    for (const [pauseMs, attempts] of [100, 200, 400, 800, 1_000, 1_000].map((ms, index) => [ms, index + 1] as const)) {
      await jest.advanceTimersByTimeAsync(pauseMs - 1);
      expect(connections).toHaveLength(attempts);
      await jest.advanceTimersByTimeAsync(1);
      expect(connections).toHaveLength(attempts + 1);
    }
    await leave(ended);
  });

  it('resets the backoff after a connection that worked', async () => {
    const { ended } = collect(watch([lost], [lost], [initial(), lost], [initial(), 'stays']));
    await settled();
    await jest.advanceTimersByTimeAsync(100 + 200);
    expect(connections).toHaveLength(3);
    await jest.advanceTimersByTimeAsync(100);
    expect(connections).toHaveLength(4);
    await leave(ended);
  });

  it('closes a connection within 8 s when the admin has stopped answering', async () => {
    const { seen, ended } = collect(watch([initial(item('a')), 'stays']));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(connections).toHaveLength(1);
    answer = (deadlineMs) =>
      new Promise((_, reject) =>
        setTimeout(() => reject(new GivcError('DEADLINE_EXCEEDED', 'no response')), deadlineMs),
      );
    await jest.advanceTimersByTimeAsync(8_000);
    expect(seen).toEqual(['list a', 'disconnected: the admin does not answer']);
    answer = () => Promise.resolve({ List: [] });
    await jest.advanceTimersByTimeAsync(100);
    expect(seen.slice(2)).toEqual(['list a']);
    await leave(ended);
    await jest.advanceTimersByTimeAsync(5_000);
  });

  it('continues with an admin that permits to watch the registry but not to list it', async () => {
    answer = () => Promise.reject(new GivcError('PERMISSION_DENIED', 'denied'));
    const { seen, ended } = collect(watch([initial(item('a')), 'stays']));
    await jest.advanceTimersByTimeAsync(60_000);
    expect(seen).toEqual(['list a']);
    await leave(ended);
  });

  it('closes a connection over which no list has arrived for 15 s', async () => {
    const { seen, ended } = collect(watch(['stays']));
    await jest.advanceTimersByTimeAsync(14_000);
    expect(seen).toEqual([]);
    await jest.advanceTimersByTimeAsync(1_100);
    expect(seen).toEqual(['disconnected: the admin has not sent its list']);
    await leave(ended);
  });

  it('begins again when the admin sends a change before its list, and drops the change', async () => {
    const { seen, ended } = collect(watch([updated(item('a')), 'stays'], [initial(item('a')), 'stays']));
    await settled();
    await jest.advanceTimersByTimeAsync(100);
    expect(seen).toEqual(['disconnected: the admin has sent a change before its list', 'list a']);
    await leave(ended);
  });

  it.each(['PERMISSION_DENIED', 'UNAUTHENTICATED', 'UNIMPLEMENTED', 'INVALID_ARGUMENT'] as const)(
    'fails with %s, which a retry would not change',
    async (reason) => {
      const { ended } = collect(watch([new GivcError(reason, 'rejected')]));
      await expect(ended).rejects.toMatchObject({ reason });
      expect(connections).toEqual([{ isClosed: true }]);
    },
  );

  it.each([
    ['while it waits for a change', [initial(), 'stays'] as const],
    ['while it pauses', [lost] as const],
    ['while it waits for the list', ['stays'] as const],
  ])('ends without an error when its signal is aborted %s', async (_, script) => {
    const { ended } = collect(watch([...script]));
    await settled();
    const before = connections.length;
    leaving.abort();
    await expect(ended).resolves.toBeUndefined();
    expect(connections).toHaveLength(before);
    expect(connections.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('yields no further event once its signal is aborted, even if it has already arrived', async () => {
    const events = watch([initial(), updated(item('a')), updated(item('b')), 'stays']);
    await events.next();
    leaving.abort();
    await expect(events.next()).resolves.toEqual({ done: true, value: undefined });
  });

  it('never connects when its signal is already aborted', async () => {
    leaving.abort();
    await expect(watch([initial(), 'stays']).next()).resolves.toMatchObject({ done: true });
    expect(connections).toEqual([]);
  });

  it('closes its connection when the iteration is left', async () => {
    for await (const event of watch([initial(), 'stays'])) {
      expect(event.type).toBe('list');
      break;
    }
    expect(connections).toEqual([{ isClosed: true }]);
  });
});
