// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help } from 'nest-commander';
import { parseVmName } from '@givc/model';
import { hwid } from '@givc/rpc';
import { AgentCommand } from '../connection/agent-command.js';

const deadlineMs = 5_000;

@Command({
  name: 'hwid',
  description: "Shows a VM's hardware id, which is the address of its network card.",
  arguments: '<vm>',
  argsDescription: { vm: 'name of the VM: net-vm' },
})
export class HwidCommand extends AgentCommand {
  async run([name = '']: string[]): Promise<void> {
    const vm = this.parse(() => parseVmName('vm', name));
    const { Identifier } = await this.withAgent(vm, 'capabilities.hwid.enable', (agent) =>
      agent.unary(hwid.HwidServiceService.getHwId, {}, { deadlineMs }),
    );
    this.output.sentence(Identifier);
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli hwid net-vm';
  }
}
