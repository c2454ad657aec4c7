// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Option } from 'nest-commander';
import { parseVmName, type VmName } from '@givc/model';
import type { RpcChannel } from '@givc/rpc';
import { AgentCommand } from '../connection/agent-command.js';

export interface WifiOptions {
  readonly vm?: VmName;
}

/** A command about the radios of a machine. */
export abstract class WifiCommand extends AgentCommand {
  @Option({ flags: '--vm <vm>', description: 'VM that has the radio (default: net-vm)' })
  vm(value: string): VmName {
    return this.parse(() => parseVmName('--vm', value));
  }

  protected withRadio<T>({ vm }: WifiOptions, work: (agent: RpcChannel) => Promise<T>): Promise<T> {
    return this.withAgent(vm ?? parseVmName('--vm', 'net-vm'), 'capabilities.wifi.enable', work);
  }
}
