import { Injectable } from '@nestjs/common';
import { plainJson } from '@givc/model';
import type { admin, systemd } from '@givc/rpc';
import { policyHead, policyRow, type ListedPolicy } from './policies/listed-policy.js';
import type { MachineStatus } from './status/machine.js';
import { treeLines } from './status/tree.js';
import { formatTable, plain, plainLines } from './table.js';
import { networkTable, type ListedNetwork } from './wifi/listed-network.js';

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

const generationHead = ['GENERATION', 'CURRENT', 'DATE', 'NIXOS', 'KERNEL', 'REVISION', 'SPECIALISATIONS'];

const generationRow = (told: admin.Generation): string[] => [
  String(told.Generation),
  told.Current ? 'yes' : '',
  told.Date,
  told.NixosVersion,
  told.KernelVersion,
  told.ConfigurationRevision,
  told.Specialisations.join(' '),
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

/** Results, and nothing else, on stdout; notes on stderr. Whatever came from another machine is made harmless for a terminal. */
@Injectable()
export class Output {
  sentence(text: string): void {
    process.stdout.write(`${plain(text)}\n`);
  }

  /** A line about what goes on meanwhile. */
  note(text: string): void {
    process.stderr.write(`givc-cli: ${plain(text)}\n`);
  }

  /** Notes what goes on as soon as it has taken longer than a second. */
  async meanwhile<T>(text: string, work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.note(text), 1_000);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }

  /** As they are: a program reads them. */
  bytes(bytes: Uint8Array): void {
    process.stdout.write(bytes);
  }

  /** One line. */
  json(value: unknown): void {
    process.stdout.write(`${plainJson(value)}\n`);
  }

  /** A terminal gets lines that fit, everything else whole ones. */
  items(items: readonly admin.QueryListItem[]): void {
    this.#table(itemHead, items.map(itemRow));
  }

  /** As `items`. */
  generations(generations: readonly admin.Generation[]): void {
    this.#table(generationHead, generations.map(generationRow));
  }

  /** As `items`, with hashes cut to what a person compares. */
  policies(policies: readonly ListedPolicy[]): void {
    const now = Date.now();
    this.#table(
      policyHead,
      policies.map((policy) => policyRow(policy, now)),
    );
  }

  #table(head: readonly string[], rows: readonly string[][]): void {
    const width = process.stdout.isTTY ? process.stdout.columns : undefined;
    process.stdout.write(formatTable(head, rows, width || undefined));
  }

  /** A piece of what a program elsewhere says of its work, on the output that it chose. */
  progress(to: 'stdout' | 'stderr', text: string): void {
    process[to].write(plainLines(text));
  }

  networks(networks: readonly ListedNetwork[]): void {
    process.stdout.write(networkTable(networks));
  }

  /** As `items`, as a tree. */
  machines(machines: readonly MachineStatus[]): void {
    const style = { width: this.terminal?.columns || undefined, colour: this.hasColour };
    process.stdout.write(
      treeLines(machines, style)
        .map((line) => `${line}\n`)
        .join(''),
    );
  }

  /** What stdout is, if that is a terminal which can place a cursor. */
  get terminal(): NodeJS.WriteStream | undefined {
    return process.stdout.isTTY && process.env['TERM'] !== 'dumb' ? process.stdout : undefined;
  }

  /** https://no-color.org */
  get hasColour(): boolean {
    return this.terminal !== undefined && !process.env['NO_COLOR'];
  }

  /** Lines that are harmless already. */
  text(lines: string): void {
    process.stdout.write(lines);
  }

  status(status: systemd.UnitStatus): void {
    process.stdout.write(`${formatStatus(status)}\n`);
  }
}
