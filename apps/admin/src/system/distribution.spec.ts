// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, parseVmName, type VmName } from '@givc/model';
import type { AgentConnection } from '../agents/agent-connection.js';
import type { AgentConnections } from '../agents/agent-connections.js';
import { Distribution } from './distribution.js';

const [netVm, guiVm, appVm, dbVm] = ['net-vm', 'gui-vm', 'app-vm', 'db-vm'].map((name) =>
  parseVmName('name', name),
) as [VmName, VmName, VmName, VmName];

/** A value that is sent to agents whose answers the test controls. */
class Bringing {
  value = 0;
  readonly sent: [VmName, number][] = [];
  readonly #answers = new Map<VmName, (error?: GivcError) => void>();
  readonly distribution = new Distribution(
    'value',
    { connection: (vm: VmName) => ({ vm }) as AgentConnection } as AgentConnections,
    ({ vm }) => {
      this.sent.push([vm, this.value]);
      return new Promise((resolve, reject) => this.#answers.set(vm, (error) => (error ? reject(error) : resolve())));
    },
  );

  answer(vm: VmName, error?: GivcError): void {
    this.#answers.get(vm)!(error);
  }
}

describe('a setting that is sent to all agents', () => {
  it('is sent to all of them in parallel', async () => {
    const bringing = new Bringing();
    const all = bringing.distribution.toAll([netVm, guiVm], []);
    expect(bringing.sent).toEqual([
      [netVm, 0],
      [guiVm, 0],
    ]);
    bringing.answer(guiVm);
    bringing.answer(netVm);
    await all;
  });

  it('is sent once more after several changes during a call', async () => {
    const bringing = new Bringing();
    const first = bringing.distribution.to(netVm);
    const later = [1, 2, 3].map((value) => {
      bringing.value = value;
      return bringing.distribution.to(netVm);
    });
    bringing.answer(netVm, new GivcError('FAILED_PRECONDITION', 'no'));
    await expect(first).rejects.toThrow('no');
    await Promise.resolve();
    bringing.answer(netVm);
    await Promise.all(later);
    expect(bringing.sent).toEqual([
      [netVm, 0],
      [netVm, 3],
    ]);
  });

  it('is pending for agents that were unreachable or are lost, not for those that rejected it', async () => {
    const bringing = new Bringing();
    const { distribution } = bringing;
    const all = distribution.toAll([netVm, guiVm, dbVm], [appVm]);
    bringing.answer(netVm, new GivcError('UNAVAILABLE', 'net-vm is away'));
    bringing.answer(guiVm, new GivcError('PERMISSION_DENIED', 'gui-vm may not'));
    bringing.answer(dbVm);
    await expect(all).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message:
        'the value is set, except in 3 of 4 VMs: net-vm (net-vm is away); gui-vm (gui-vm may not); ' +
        'app-vm (the agent is lost; it gets the setting when it is back)',
      info: { reason: 'NOT_SET_EVERYWHERE', metadata: { vms: 'net-vm,gui-vm,app-vm', of: '4' } },
    });
    expect([netVm, guiVm, appVm].map((vm) => distribution.isPending(vm))).toEqual([true, false, true]);
    const again = distribution.to(netVm);
    expect(distribution.isPending(netVm)).toBe(false);
    bringing.answer(netVm);
    await again;
    distribution.forget(appVm);
    expect(distribution.isPending(appVm)).toBe(false);
  });
});
