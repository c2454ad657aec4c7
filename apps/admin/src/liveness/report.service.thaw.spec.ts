// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { processClock } from '@givc/time';
import { agentUnit, netVm, newReports, type Reports } from './report.fixture.js';
import { heartbeat } from './report-call.fixture.js';

describe('the report service after a freeze of the admin for an hour', () => {
  let store: Reports['store'];
  let reports: Reports['reports'];
  let agents: Reports['agents'];
  let list: Reports['list'];
  let open: Reports['open'];
  let openWith: Reports['openWith'];

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    ({ store, reports, agents, list, open, openWith } = newReports());
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const settled = () => jest.advanceTimersByTimeAsync(0);
  const thaw = async () => {
    const now = performance.now.bind(performance);
    jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
    jest.advanceTimersToNextTimer();
    await settled();
  };

  it('polls each agent at once, and its answer counts as a message', async () => {
    const { stream } = openWith([]);
    stream.send(heartbeat);
    await thaw();
    expect(agents.asked).toEqual([{ vm: netVm, call: 'unitStatus', unit: agentUnit }]);
    expect(reports.agentOf(netVm)?.lastSeen).toBe(performance.now());
  });

  it('marks an agent as lost that neither answers nor sends anything within the timeout, and not earlier', async () => {
    agents.answer = () => Promise.reject(new GivcError('UNAVAILABLE', 'it hangs'));
    const opened = openWith([]);
    await thaw();
    expect(reports.agentOf(netVm)?.lastSeen).toBe(0);
    await jest.advanceTimersByTimeAsync(7_499);
    expect(list()).toEqual([`${agentUnit} Running`]);
    await jest.advanceTimersByTimeAsync(1);
    expect(list()).toEqual([`${agentUnit} PoweredOff`]);
    expect(opened.end).toBe('DEADLINE_EXCEEDED: no message from the agent within the heartbeat timeout');
  });

  describe('when its agents have ended their streams', () => {
    const end = async (opened: ReturnType<typeof open>) => {
      opened.stream.emit('cancelled');
      await settled();
    };

    it('keeps an agent that reports again, without an event of a watch', async () => {
      const opened = openWith(['a.service']);
      const changes: string[] = [];
      store.onChange(({ kind, entry }) => changes.push(`${kind} ${entry.unit}`));
      await thaw();
      await end(opened);
      const again = openWith(['a.service']);
      await jest.advanceTimersByTimeAsync(5_000);
      again.stream.send(heartbeat);
      await jest.advanceTimersByTimeAsync(5_000);
      expect(changes).toEqual([]);
      expect(list()).toEqual([`${agentUnit} Running`, 'a.service Running']);
    });

    it('keeps an agent even when no timer has noticed the freeze yet', async () => {
      const opened = openWith([]);
      const now = performance.now.bind(performance);
      jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
      await end(opened);
      expect(list()).toEqual([`${agentUnit} Running`]);
    });

    it('marks an agent as lost that does not report again within the timeout', async () => {
      const opened = openWith([]);
      await thaw();
      await end(opened);
      await jest.advanceTimersByTimeAsync(7_499);
      expect(list()).toEqual([`${agentUnit} Running`]);
      await jest.advanceTimersByTimeAsync(1);
      expect(list()).toEqual([`${agentUnit} PoweredOff`]);
    });

    it.each([
      ['loses one at once that cannot be connected', false, 'PoweredOff'],
      ['waits for one that is connected, although it does not answer yet', true, 'Running'],
    ])('%s', async (_, isReachable, then) => {
      const opened = openWith([]);
      await thaw();
      agents.answer = () => Promise.reject(new GivcError('UNAVAILABLE', 'no'));
      agents.isReachable = isReachable;
      await end(opened);
      expect(list()).toEqual([`${agentUnit} ${then}`]);
    });

    it('stops waiting for an agent whose VM has stopped', async () => {
      const opened = openWith([]);
      await thaw();
      await end(opened);
      store.removeMachine(netVm);
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  it('does not poll an agent that has not sent its snapshot', async () => {
    const { stream } = open();
    await thaw();
    expect(agents.asked).toEqual([]);
    expect(stream.written).toEqual([]);
  });
});
