// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, Option, SubCommand } from 'nest-commander';
import { quoted } from '@givc/model';
import { wifimanager } from '@givc/rpc';
import { readSecret } from '../input/secret.js';
import { WifiCommand, type WifiOptions } from '../wifi/wifi-command.js';

/** The agent gives up after 45 s, and then restores the profiles. */
const deadlineMs = 90_000;

interface ConnectOptions extends WifiOptions {
  readonly passwordStdin?: boolean;
  readonly passwordFile?: string;
  readonly hidden?: boolean;
  readonly security?: string;
  readonly device?: string;
  readonly identity?: string;
  readonly anonymousIdentity?: string;
  readonly eap?: string;
  readonly phase2?: string;
  readonly caCert?: string;
  readonly domain?: string;
  readonly anyServer?: boolean;
}

@SubCommand({
  name: 'connect',
  description: 'Connects to a network, with a password that is typed, read from a file, or already saved.',
  arguments: '<ssid>',
  argsDescription: { ssid: 'name of the network as `wifi list` shows it; \\xHH is a byte' },
})
export class WifiConnectCommand extends WifiCommand {
  @Option({ flags: '--password-stdin', description: 'the password is the first line of stdin' })
  passwordStdin(): boolean {
    return true;
  }

  @Option({ flags: '--password-file <file>', description: 'the password is the first line of this file' })
  passwordFile(value: string): string {
    return value;
  }

  @Option({ flags: '--hidden', description: 'the network does not broadcast its name' })
  hidden(): boolean {
    return true;
  }

  @Option({
    flags: '--security <kind>',
    description: 'its security, if that cannot be determined',
    choices: ['none', 'owe', 'wpa-psk', 'sae', 'wpa-eap', 'wpa-eap-suite-b-192'],
  })
  security(value: string): string {
    return value;
  }

  @Option({ flags: '--device <interface>', description: 'the radio to use: wlan0' })
  device(value: string): string {
    return value;
  }

  @Option({ flags: '--identity <user>', description: 'user of an enterprise network' })
  identity(value: string): string {
    return value;
  }

  @Option({ flags: '--anonymous-identity <user>', description: 'identity that is sent unencrypted instead' })
  anonymousIdentity(value: string): string {
    return value;
  }

  @Option({ flags: '--eap <method>', description: 'EAP method (default: peap)', choices: ['peap', 'ttls', 'pwd'] })
  eap(value: string): string {
    return value;
  }

  @Option({ flags: '--phase2 <method>', description: 'mschapv2, pap, gtc, ... (default: mschapv2)' })
  phase2(value: string): string {
    return value;
  }

  @Option({ flags: '--domain <domain>', description: "domain in the certificate of the network's server" })
  domain(value: string): string {
    return value;
  }

  @Option({ flags: '--ca-cert <path>', description: 'authority of that certificate: a file of the VM' })
  caCert(value: string): string {
    return value;
  }

  @Option({ flags: '--any-server', description: 'send the password without verifying the server of the network' })
  anyServer(): boolean {
    return true;
  }

  async run([SSID = '']: string[], options: ConnectOptions): Promise<void> {
    const { vm, passwordStdin, passwordFile, ...settings } = options;
    if (passwordStdin && passwordFile !== undefined)
      this.command.error('--password-stdin and --password-file exclude each other');
    const Password = await readSecret({
      fromStdin: passwordStdin,
      file: passwordFile,
      prompt: `Password of ${quoted(SSID)} (empty: none, or the saved one): `,
    });
    const Settings = Object.keys(settings).length > 0 ? JSON.stringify(settings) : '';
    const asked = this.withRadio({ vm }, (agent) =>
      agent.unary(wifimanager.WifiServiceService.connectNetwork, { SSID, Password, Settings }, { deadlineMs }),
    );
    const { Response } = await this.output.meanwhile('waiting for the network', asked);
    this.output.sentence(Response);
  }

  @Help('after')
  examples(): string {
    return (
      '\nExamples:\n  givc-cli wifi connect home\n  givc-cli wifi connect home --password-file ./password' +
      '\n  givc-cli wifi connect corp --identity alice --domain example.com'
    );
  }
}
