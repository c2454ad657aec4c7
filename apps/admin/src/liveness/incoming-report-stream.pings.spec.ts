// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { IncomingReportStream } from './incoming-report-stream.js';
import { FakeReportCall, heartbeat, snapshot } from './report-call.fixture.js';

describe('the PING frames of an agent', () => {
  let call: FakeReportCall;
  let stream: IncomingReportStream;
  let ended: string | undefined;
  let received: () => void;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    ended = undefined;
    received = () => undefined;
    call = new FakeReportCall();
    stream = new IncomingReportStream(call.call, {
      received: () => received(),
      snapshot: () => [],
      entry: () => undefined,
      update: () => undefined,
      thawed: () => undefined,
    });
    stream.ended.catch((error: GivcError) => (ended = `${error.reason}: ${error.message}`));
  });
  afterEach(() => {
    stream.close(new GivcError('ABORTED', 'the test is over'));
    jest.useRealTimers();
  });

  const after = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  const kinds = () => call.written.map(({ $case }) => $case);
  const silent = 'DEADLINE_EXCEEDED: no message from the agent within the heartbeat timeout';

  it('keep the stream of an agent of version 2 open, and need no answer', async () => {
    call.send(snapshot({ protocol_version: 2 }));
    for (let time = 0; time < 3; time++) {
      await after(7_000);
      call.ping();
    }
    expect(stream.lastSeen).toBe(21_000);
    await after(7_499);
    expect(ended).toBeUndefined();
    await after(2);
    expect(ended).toBe(silent);
    expect(kinds()).toEqual(['snapshot_accepted']);
  });

  it.each([
    ['of a later version are', 3, undefined],
    ['of version 1 are not', 1, silent],
    ['without a version are not', 0, silent],
  ])('%s its heartbeats', async (_, protocol_version, end) => {
    call.send(snapshot({ protocol_version }));
    await after(7_000);
    call.ping();
    await after(501);
    expect(ended).toBe(end);
  });

  it('do not count before the snapshot', async () => {
    await after(4_000);
    call.ping();
    await after(1_000);
    expect(ended).toBe(silent);
  });

  it('count beside messages, which are still answered', async () => {
    call.send(snapshot({ protocol_version: 2 }));
    await after(7_000);
    call.send(heartbeat);
    await after(7_000);
    call.ping();
    await after(7_000);
    expect([ended, kinds()]).toEqual([undefined, ['snapshot_accepted', 'heartbeat']]);
  });

  it('end the stream of an agent whose certificate has expired', async () => {
    call.send(snapshot({ protocol_version: 2 }));
    received = () => {
      throw new GivcError('UNAUTHENTICATED', 'it has expired');
    };
    call.ping();
    await after(0);
    expect(ended).toBe('UNAUTHENTICATED: it has expired');
  });

  it('are ignored after the end of the stream', async () => {
    call.send(snapshot({ protocol_version: 2 }));
    stream.close(new GivcError('ABORTED', 'another stream has replaced this one'));
    await after(100);
    call.ping();
    expect([stream.lastSeen, jest.getTimerCount()]).toEqual([0, 0]);
  });
});
