// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { plain } from '../output/plain-text.js';
import { cut, widthOf } from '../output/table.js';
import { ago } from './age.js';
import type { AgentStatus, MachineStatus } from '../machines/machine.js';

/** One line of the tree, before it is drawn. */
interface Node {
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly description: string;
  readonly children: readonly Node[];
}

interface Row extends Node {
  /** The name behind the lines of the tree. */
  readonly label: string;
}

export interface TreeStyle {
  /** The width at which lines are cut. */
  readonly width?: number | undefined;
  readonly colour?: boolean | undefined;
}

const leaf = (name: string, type: string, status: string, description: string): Node => ({
  name,
  type,
  status,
  description,
  children: [],
});

const agentNode = (agent: AgentStatus | undefined): Node =>
  agent
    ? leaf(
        agent.name,
        'Mgr',
        agent.lastSeenMs === undefined ? agent.state : `${agent.state}, ${ago(agent.lastSeenMs)}`,
        [agent.address, agent.version && `version ${agent.version}`].filter((part) => part !== '').join(', '),
      )
    : leaf('no agent', 'Mgr', '', '');

const machineNode = (machine: MachineStatus, below: readonly Node[] = []): Node => ({
  name: machine.name,
  type: machine.vmType,
  status: machine.status,
  description: machine.description,
  children: [
    agentNode(machine.agent),
    ...machine.units.map((unit) => leaf(unit.Name, unit.ServiceType, unit.VmStatus, unit.Description)),
    ...below,
  ],
});

/** The VMs are below their host; without a host each machine is a root. */
function rootsOf(machines: readonly MachineStatus[]): Node[] {
  const [first, ...others] = machines;
  if (first?.vmType !== 'Host') return machines.map((machine) => machineNode(machine));
  return [
    machineNode(
      first,
      others.map((machine) => machineNode(machine)),
    ),
  ];
}

function* rowsOf(nodes: readonly Node[], stem?: string): Generator<Row> {
  for (const [index, node] of nodes.entries()) {
    const isLast = index === nodes.length - 1;
    const name = plain(node.name).trim() || '-';
    yield { ...node, label: stem === undefined ? name : `${stem}${isLast ? '└─' : '├─'} ${name}` };
    yield* rowsOf(node.children, stem === undefined ? '' : `${stem}${isLast ? '   ' : '│  '}`);
  }
}

const [green, yellow, red, grey] = [32, 33, 31, 90];
const colours: Readonly<Record<string, number>> = {
  Running: green,
  reporting: green,
  asked: green,
  Paused: yellow,
  unconfirmed: yellow,
  lost: red,
  PoweredOff: grey,
};

function paint(status: string): string {
  const colour = colours[/^\w*/.exec(status)![0]];
  return colour === undefined ? status : `\u001b[${colour}m${status}\u001b[0m`;
}

const head = { label: 'NAME', type: 'TYPE', status: 'STATUS', description: 'DESCRIPTION' };

/**
 * The machines as a tree, with the host as root and the VMs below, each with its agent, its services and its
 * applications. One line for each, in columns like those of `query`; an empty cell is `-`.
 */
export function treeLines(machines: readonly MachineStatus[], { width, colour = false }: TreeStyle = {}): string[] {
  const rows = [head, ...rowsOf(rootsOf(machines))].map(({ label, type, status, description }) => ({
    cells: [label, ...[type, status].map((cell) => plain(cell).trim() || '-')],
    last: plain(description).trim() || '-',
  }));
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map(({ cells }) => widthOf(cells[column]!))));
  const pad = (cells: readonly string[]) =>
    cells.map((cell, column) => `${cell}${' '.repeat(widths[column]! - widthOf(cell))}  `).join('');
  return rows.map(({ cells, last }, row) => {
    const line = `${pad(cells)}${last}`;
    const shown = width === undefined ? line : cut(line, width);
    const before = pad(cells.slice(0, 2));
    const status = shown.slice(before.length, before.length + cells[2]!.length);
    if (!colour || row === 0 || status !== cells[2]) return shown;
    return `${before}${paint(status)}${shown.slice(before.length + status.length)}`;
  });
}

/** The same as text of complete lines. */
export const treeText = (machines: readonly MachineStatus[], style: TreeStyle): string =>
  treeLines(machines, style)
    .map((line) => `${line}\n`)
    .join('');
