// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, parseVmName } from '@givc/model';
import { admin, RpcChannel } from '@givc/rpc';
import { HostElection } from '../../../apps/admin/src/registry/host-election.js';
import { adminAddress, adminVm, agentPort, agentUnit, managedVms, secretUnit, vmUnit } from '../machines/layout.js';
import { SimulatedDialer } from '../network/dialer.js';
import { SimulatedProcess } from '../time/simulated-process.js';
import type { World } from '../world.js';
import type { Claim } from './action.js';

const rpc = admin.AdminServiceService;
const deadlineMs = 10_000;
const stopped = {
  ...{ Name: '', Description: '', LoadState: 'loaded', ActiveState: 'active' },
  ...{ SubState: 'running', Path: '', FreezerState: 'running' },
};

const transportOf = (name: string, ip: string): admin.TransportConfig => ({
  ...{ Protocol: 'tcp', Address: ip, Port: String(agentPort), Name: name },
});

function requestOf(
  world: World,
  name: string,
  claim: Exclude<Claim, 'a unit that is not offered'>,
): admin.RegistryRequest {
  const { ip } = world.machines.get(name)!.plan;
  const own = {
    Name: agentUnit(name),
    Parent: vmUnit(name),
    Type: 8,
    Transport: transportOf(name, ip),
    State: stopped,
  };
  switch (claim) {
    case 'host':
      return { ...own, Parent: '', Type: 0 };
    case 'another agent':
      return { ...own, Name: agentUnit('host'), Type: 0, Transport: transportOf('host', ip) };
    case 'a VM':
      return { ...own, Name: vmUnit('evil-vm'), Parent: agentUnit(name), Type: 7 };
    case 'elsewhere':
      return { ...own, Transport: transportOf(name, world.host.plan.ip) };
  }
}

/** Lets a program of this machine make a forbidden call to the admin. The call must be denied, or get no answer. */
export function impostorCall(world: World, name: string, claim: Claim): void {
  const { scheduler, network, settings } = world;
  const machine = world.machines.get(name)!;
  const { program } = world.admin;
  if (!machine.isUp || program === undefined) return;
  // The first registered machine of SERVICES that claims to be the host becomes it, because the admin's configuration
  // does not name the host.
  if (claim === 'host' && managedVms.includes(name) && program.get(HostElection).name === undefined) return;
  const process = new SimulatedProcess(scheduler, `impostor@${name}`, (error) => world.onError('impostor', error));
  const dialer = new SimulatedDialer(network, process, machine.card, settings.window);
  process.perform('io', `claims ${claim}`, () => {
    const channel = new RpcChannel({ name: parseVmName('name', adminVm), address: adminAddress }, dialer);
    const asked: Promise<unknown> =
      claim === 'a unit that is not offered'
        ? channel.unary(rpc.getUnitStatus, { VmName: name, UnitName: secretUnit }, { deadlineMs })
        : channel.unary(rpc.registerService, requestOf(world, name, claim), { deadlineMs });
    void asked
      .then(
        () => world.violate('a caller without the right is denied', `${name} claims ${claim}`),
        (error: unknown) =>
          scheduler.log.add(scheduler.now, process.name, error instanceof GivcError ? error.reason : 'failed'),
      )
      .finally(() => process.kill());
  });
}
