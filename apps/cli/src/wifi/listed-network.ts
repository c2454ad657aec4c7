import type { wifimanager } from '@givc/rpc';
import { formatTable } from '../table.js';

/** What `--as-json` shows of a network. */
export interface ListedNetwork {
  readonly ssid: string;
  /** Percent. */
  readonly signal: number;
  readonly security: string;
  readonly connected: boolean;
}

export const listedNetwork = ({ SSID, Signal, Security, Connection }: wifimanager.AccessPoint): ListedNetwork => ({
  ssid: SSID,
  signal: Signal,
  security: Security,
  connected: Connection,
});

export const networkTable = (networks: readonly ListedNetwork[]): string =>
  formatTable(
    ['SSID', 'SIGNAL', 'SECURITY', 'CONNECTED'],
    networks.map(({ ssid, signal, security, connected }) => [ssid, `${signal} %`, security, connected ? 'yes' : '']),
  );
