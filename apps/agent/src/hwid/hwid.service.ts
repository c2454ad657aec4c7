// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { GivcError, quoted } from '@givc/model';
import { HwidConfig } from './hwid.config.js';
import { networkInterfaces, type NetworkInterface } from './network-interfaces.js';

/** The hardware id, which distinguishes this machine from others of the same model. */
@Injectable()
export class HwidService {
  constructor(private readonly config: HwidConfig) {}

  /**
   * The MAC address of the configured interface; by default of the first wireless interface, else of the first wired
   * one. FAILED_PRECONDITION when there is no such interface, or it is down.
   */
  async identifier(): Promise<string> {
    return identifierOf(await networkInterfaces(), this.config.interface);
  }
}

/** Like `HwidService.identifier`; an empty name means that no interface is configured. */
export function identifierOf(interfaces: readonly NetworkInterface[], name: string): string {
  const first = (kind: NetworkInterface['kind']) => interfaces.find((candidate) => candidate.kind === kind);
  const found = name === '' ? (first('wireless') ?? first('wired')) : interfaces.find((one) => one.name === name);
  if (!found)
    throw new GivcError(
      'FAILED_PRECONDITION',
      name === ''
        ? 'this machine has no wireless and no wired network interface; capabilities.hwid.interface can name another'
        : `this machine has no network interface ${quoted(name)}, which capabilities.hwid.interface names`,
    );
  if (!found.isUp) throw new GivcError('FAILED_PRECONDITION', `the network interface ${found.name} is down`);
  return found.address;
}
