// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Log } from '@givc/log';
import { MachineLog } from './machine-log.js';
import {
  agentEntry,
  instanceRegistration,
  newRegistry,
  runningStatus,
  unitNamed,
  vmNamed,
} from './registry.fixture.js';

const [netVm, guiVm] = [vmNamed('net-vm'), vmNamed('gui-vm')];

describe('the log of what machines do', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('contains a hundred lines of one machine at once, and then the latest each second with the number of replaced lines', () => {
    const lines: string[] = [];
    const log = new MachineLog(new Log('info', (line) => lines.push(line.trimEnd()), false));
    for (let n = 0; n < 1_000; n++) log[n % 2 ? 'warn' : 'info'](netVm, 'agent', { n });
    expect([lines.length, lines.at(-1)]).toEqual([100, expect.stringContaining('n=99')]);
    log.info(guiVm, 'agent', { n: 0 });
    expect(lines).toHaveLength(101);
    jest.advanceTimersByTime(1_000);
    expect(lines.slice(101)).toEqual([expect.stringMatching(/warn.* agent.* n=999 coalesced=900/i)]);
  });

  it('is not flooded by an application that starts and ends, or by an agent that is lost and back', () => {
    const { store, presence, register, lines } = newRegistry();
    store.put(agentEntry('net-vm'));
    const status = runningStatus(unitNamed('a@0.service'));
    for (let n = 0; n < 1_000; n++) {
      register(instanceRegistration('net-vm', status));
      register(instanceRegistration('net-vm', { ...status, ActiveState: 'inactive', SubState: 'dead' }));
      presence.handle(netVm, { kind: 'missed', reason: 'gone' });
      presence.handle(netVm, { kind: 'answered' });
    }
    expect(lines.length).toBeLessThanOrEqual(200);
  });
});
