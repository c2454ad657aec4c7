// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { unitNamed, vmNamed } from '../registry/registry.fixture.js';
import type { AgentConnections } from './agent-connections.js';
import { UnitStatusController } from './unit-status.controller.js';

describe('GetUnitStatus', () => {
  it('calls the agent on behalf of its caller', async () => {
    const unitStatus = jest.fn(() => Promise.resolve('the status'));
    const controller = new UnitStatusController({
      forShortCall: () => ({ unitStatus }),
    } as unknown as AgentConnections);
    const request = { vm: vmNamed('net-vm'), unit: unitNamed('web.service') };
    const caller = { peer: undefined, address: '10.0.0.1' };
    await expect(controller.getUnitStatus(request, caller)).resolves.toBe('the status');
    expect(unitStatus).toHaveBeenCalledWith('web.service', '10.0.0.1');
  });
});
