// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { wifimanager } from '@givc/rpc';
import { formatTable } from '../output/table.js';

/** What `--as-json` shows of a network. */
export interface ListedNetwork {
  readonly ssid: string;
  /** Percent. */
  readonly signal: number;
  readonly security: string;
  readonly connected: boolean;
  /** The interface of the radio; unknown of agents of other makes. */
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

/** A table has no room for space at the ends of a cell: there it becomes what `wifi connect` takes for it. */
const edgesEscaped = (ssid: string): string =>
  ssid.replace(/^\s+|\s+$/gu, (space) => Buffer.from(space).toString('hex').replace(/../g, '\\x$&'));
