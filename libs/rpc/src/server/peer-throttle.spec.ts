// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter, once } from 'node:events';
import { connect as connectHttp2, createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type * as sessionReading from '../node/session-reading.js';
import { pauseReading, resumeReading } from '../node/session-reading.js';
import { PeerThrottle } from './peer-throttle.js';

jest.mock('../node/session-reading.js');
const [pause, resume] = [jest.mocked(pauseReading), jest.mocked(resumeReading)];

/** A connection that shows whether it is read. */
class StandInSession extends EventEmitter {
  isRead = true;
}

const isStandIn = (session: unknown): session is StandInSession => session instanceof StandInSession;

describe('the throttle of peers', () => {
  let throttle: PeerThrottle;
  const connect = (peer: string): StandInSession => {
    const session = new StandInSession();
    throttle.follow(session as unknown as ServerHttp2Session, peer);
    return session;
  };
  /** Opens this number of calls; `begun` is the number of those that have begun. */
  const open = (peer: string, calls: number): { begun: number } => {
    const count = { begun: 0 };
    for (let n = 0; n < calls; n++) throttle.begin(peer, () => count.begun++);
    return count;
  };
  const nextIteration = () => new Promise((resolve) => setImmediate(resolve));

  beforeEach(() => {
    throttle = new PeerThrottle();
    pause.mockImplementation((session) => void (isStandIn(session) && (session.isRead = false)));
    resume.mockImplementation((session) => void (isStandIn(session) && (session.isRead = true)));
  });
  afterEach(() => jest.resetAllMocks());

  it('pauses all connections of a peer when 64 of its calls have begun, and only those', async () => {
    const [one, two, other] = [connect('a'), connect('a'), connect('b')];
    open('a', 63);
    open('b', 63);
    expect([one, two, other].map(({ isRead }) => isRead)).toEqual([true, true, true]);
    open('a', 1);
    expect([one, two, other].map(({ isRead }) => isRead)).toEqual([false, false, true]);
    expect(connect('a').isRead).toBe(false);
    await nextIteration();
    expect([one, two, other].map(({ isRead }) => isRead)).toEqual([true, true, true]);
  });

  it('starts each iteration with an empty count', async () => {
    const session = connect('a');
    open('a', 63);
    await nextIteration();
    open('a', 63);
    expect(session.isRead).toBe(true);
    open('a', 1);
    expect(session.isRead).toBe(false);
    await nextIteration();
    expect(session.isRead).toBe(true);
  });

  it('begins further calls in later iterations, in their order, before more is read', async () => {
    const session = connect('a');
    const [first, later] = [open('a', 100), open('a', 100)];
    const other = open('b', 1);
    expect([first.begun, later.begun, other.begun]).toEqual([64, 0, 1]);
    await nextIteration();
    expect([first.begun, later.begun, session.isRead]).toEqual([100, 28, false]);
    await nextIteration();
    expect([later.begun, session.isRead]).toEqual([92, false]);
    await nextIteration();
    expect([later.begun, session.isRead]).toEqual([100, true]);
  });

  it('does not resume a connection that has ended meanwhile', async () => {
    const ended = connect('a');
    open('a', 64);
    ended.emit('close');
    await nextIteration();
    expect(ended.isRead).toBe(false);
  });

  it('pauses and resumes reading of a connection of Node', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const [session] = (await once(server, 'session')) as [ServerHttp2Session];
    throttle.follow(session, 'a');
    const reading = jest.requireActual<typeof sessionReading>('../node/session-reading.js');
    pause.mockImplementation(reading.pauseReading);
    resume.mockImplementation(reading.resumeReading);
    server.on('stream', (stream) => throttle.begin('a', () => stream.respond({}, { endStream: true })));
    await Promise.all(Array.from({ length: 640 }, () => once(client.request({}).resume(), 'close')));
    client.destroy();
    server.close();
    await once(server, 'close');
    expect(pause).toHaveBeenCalledWith(session);
    expect(resume).toHaveBeenCalledWith(session);
  });
});
