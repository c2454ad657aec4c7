import { Injectable } from '@nestjs/common';
import type { admin, systemd } from '@givc/rpc';
import { formatTable, plain } from './table.js';

const itemHead = ['NAME', 'VM', 'TYPE', 'STATUS', 'TRUST', 'AGENT', 'DESCRIPTION'];

const itemRow = (item: admin.QueryListItem): string[] => [
  item.Name,
  item.VmName ?? '',
  `${item.VmType}:${item.ServiceType}`,
  item.VmStatus,
  item.TrustLevel,
  item.AgentName ?? '',
  item.Description,
];

/** A unit in the manner of systemctl(1). */
export const formatStatus = (status: systemd.UnitStatus): string =>
  [
    status.Description ? `${plain(status.Name)} - ${plain(status.Description)}` : plain(status.Name),
    `  Loaded: ${plain(status.LoadState)}`,
    `  Active: ${plain(status.ActiveState)} (${plain(status.SubState)})`,
    `  Freezer: ${plain(status.FreezerState)}`,
    `  Path: ${plain(status.Path)}`,
  ].join('\n');

/** Results, and nothing else, on stdout. Whatever came from another machine is made harmless for a terminal. */
@Injectable()
export class Output {
  sentence(text: string): void {
    process.stdout.write(`${plain(text)}\n`);
  }

  /** One line. */
  json(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** A terminal gets lines that fit, everything else whole ones. */
  items(items: readonly admin.QueryListItem[]): void {
    const width = process.stdout.isTTY ? process.stdout.columns : undefined;
    process.stdout.write(formatTable(itemHead, items.map(itemRow), width || undefined));
  }

  status(status: systemd.UnitStatus): void {
    process.stdout.write(`${formatStatus(status)}\n`);
  }
}
