// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option, SubCommand } from 'nest-commander';
import { wifimanager, type Rpc } from '@givc/rpc';
import { CommandGroup } from '../usage/command-group.js';
import { pathOf } from '../usage/usage.js';
import { listedNetwork, networkTable } from '../wifi/listed-network.js';
import { WifiCommand, type WifiOptions } from '../wifi/wifi-command.js';
import { WifiConnectCommand } from './wifi-connect.command.js';

const wifi = wifimanager.WifiServiceService;
/** Higher than the agent's own limits. */
const deadlineMs = 40_000;

interface ListOptions extends WifiOptions {
  readonly asJson?: boolean;
}

/** A command that shows networks. */
abstract class WifiListing extends WifiCommand {
  @Option({ flags: '--as-json', description: 'one JSON array instead of a table' })
  asJson(): boolean {
    return true;
  }

  @Help('after')
  example(): string {
    return `\nExample:\n  ${pathOf(this.command)} --as-json`;
  }

  protected async show(options: ListOptions, isShown: (network: wifimanager.AccessPoint) => boolean): Promise<void> {
    const request = { NetworkName: '' };
    const { networks } = await this.withRadio(options, (agent) =>
      agent.unary(wifi.listNetwork, request, { deadlineMs }),
    );
    const listed = networks.filter(isShown).map(listedNetwork);
    if (options.asJson) this.output.json(listed);
    else this.output.text(networkTable(listed));
  }
}

@SubCommand({ name: 'list', description: 'Lists the networks that each radio receives, the strongest first.' })
export class WifiListCommand extends WifiListing {
  run(_: string[], options: ListOptions): Promise<void> {
    return this.show(options, () => true);
  }
}

@SubCommand({ name: 'status', description: 'Lists the networks that the radios are connected to.' })
export class WifiStatusCommand extends WifiListing {
  run(_: string[], options: ListOptions): Promise<void> {
    return this.show(options, ({ Connection }) => Connection);
  }
}

/** A command that changes all radios of the machine. */
abstract class WifiChange extends WifiCommand {
  protected abstract readonly method: Rpc<wifimanager.EmptyRequest, wifimanager.WifiConnectionResponse>;

  @Help('after')
  example(): string {
    return `\nExample:\n  ${pathOf(this.command)} --vm net-vm`;
  }

  async run(_: string[], options: WifiOptions): Promise<void> {
    const { Response } = await this.withRadio(options, (agent) => agent.unary(this.method, {}, { deadlineMs }));
    for (const line of Response.split('\n')) this.output.sentence(line);
  }
}

@SubCommand({ name: 'disconnect', description: 'Disconnects every radio.' })
export class WifiDisconnectCommand extends WifiChange {
  protected readonly method = wifi.disconnectNetwork;
}

@SubCommand({ name: 'on', description: 'Turns the radios on.' })
export class WifiOnCommand extends WifiChange {
  protected readonly method = wifi.turnOn;
}

@SubCommand({ name: 'off', description: 'Turns the radios off.' })
export class WifiOffCommand extends WifiChange {
  protected readonly method = wifi.turnOff;
}

@Command({
  name: 'wifi',
  description: 'Shows and changes the wireless networks of a VM.',
  subCommands: [
    WifiListCommand,
    WifiStatusCommand,
    WifiConnectCommand,
    WifiDisconnectCommand,
    WifiOnCommand,
    WifiOffCommand,
  ],
})
export class WifiCommandGroup extends CommandGroup {}
