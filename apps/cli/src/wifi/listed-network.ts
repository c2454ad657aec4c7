// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { wifimanager } from '@givc/rpc';
import { formatTable } from '../output/table.js';

/** A network in the JSON output. */
export interface ListedNetwork {
  readonly ssid: string;
  /** Percent. */
  readonly signal: number;
  readonly security: string;
  readonly connected: boolean;
  /** The interface of the radio; null for agents of other implementations. */
  readonly device: string | null;
}

export const listedNetwork = (network: wifimanager.AccessPoint): ListedNetwork => ({
  ssid: network.SSID,
  signal: network.Signal,
  security: network.Security,
  connected: network.Connection,
  device: network.Device || null,
});

export const networkTable = (networks: readonly ListedNetwork[]): string =>
  formatTable(
    ['DEVICE', 'SSID', 'SIGNAL', 'SECURITY', 'CONNECTED'],
    networks.map(({ device, ssid, signal, security, connected }) => [
      device ?? '',
      edgesEscaped(ssid),
      `${signal} %`,
      security,
      connected ? 'yes' : '',
    ]),
  );

/** A table does not show spaces at the ends of a cell, so they become escapes, which `wifi connect` accepts. */
const edgesEscaped = (ssid: string): string =>
  ssid.replace(/^\s+|\s+$/gu, (space) => Buffer.from(space).toString('hex').replace(/../g, '\\x$&'));
