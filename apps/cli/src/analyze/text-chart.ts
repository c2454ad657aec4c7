// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { duration } from '../history/event-text.js';
import { plain } from '../output/plain-text.js';
import { cut, widthOf } from '../output/table.js';
import { kinds, scaleStep, scaleText, type Bar, type Chart, type Kind } from './chart.js';

export interface TextStyle {
  readonly width: number;
  readonly colour: boolean;
}

const colours: Readonly<Record<Kind, number>> = {
  ...{ command: 35, vm: 34, kernel: 31, initrd: 91, userspace: 33, agent: 36, unit: 32, application: 92 },
};
const grey = 90;

const paint = (text: string, colour: number, isOn: boolean): string =>
  isOn && text !== '' ? `\u001b[${colour}m${text}\u001b[0m` : text;

const padded = (text: string, width: number): string => {
  const shown = cut(text, width);
  return shown + ' '.repeat(Math.max(0, width - widthOf(shown)));
};

/** The bar in an area of this many columns: at least one block, and an arrow for one that has not ended. */
function drawn({ kind, beginMs, endMs }: Bar, { lengthMs }: Chart, columns: number, isColour: boolean): string {
  const column = (ms: number): number => Math.round((Math.min(ms, lengthMs) / lengthMs) * columns);
  const from = Math.min(column(beginMs), columns - 1);
  const to = Math.max(from + 1, endMs === undefined ? columns : column(endMs));
  const blocks = endMs === undefined ? `${'░'.repeat(to - from - 1)}▸` : '█'.repeat(to - from);
  return `${' '.repeat(from)}${paint(blocks, colours[kind], isColour)}${' '.repeat(columns - to)}`;
}

function scaleLine({ lengthMs }: Chart, columns: number): string {
  const step = scaleStep(lengthMs, Math.max(1, Math.floor(columns / 10)));
  let line = '';
  for (let ms = 0; ms <= lengthMs; ms += step) {
    const at = Math.round((ms / lengthMs) * columns);
    const text = scaleText(ms);
    if (at + text.length <= columns) line = `${line.padEnd(at)}${text}`;
  }
  return line;
}

function timesOf({ beginMs, endMs, after }: Bar): string {
  const span = endMs === undefined ? 'not finished' : duration(endMs - beginMs);
  const waited = after.length === 0 ? '' : `, after ${after.map(plain).join(', ')}`;
  return `${span}  @${duration(beginMs)}${waited}`;
}

/** The chart as complete lines, no wider than `width`; a long label has a line above its bar. */
export function textChart(chart: Chart, { width, colour }: TextStyle): string {
  const labels = chart.lanes.flatMap(({ bars }) => bars.map(({ label }) => widthOf(plain(label)) + 2));
  const labelWidth = Math.max(8, Math.min(Math.max(0, ...labels), Math.floor(width / 3)));
  const times = chart.lanes.flatMap(({ bars }) => bars.map((bar) => widthOf(timesOf(bar))));
  const timesWidth = Math.min(Math.max(20, ...times), Math.floor(width / 3));
  const columns = Math.max(10, width - labelWidth - timesWidth - 4);
  const row = (label: string, area: string, times: string): string =>
    `${padded(label, labelWidth)} │${area}│ ${cut(times, timesWidth)}`.trimEnd();
  const lines = [
    `${plain(chart.title)}: ${duration(chart.lengthMs)}`,
    `${' '.repeat(labelWidth)}  ${scaleLine(chart, columns)}`.trimEnd(),
  ];
  for (const { name, vmType, bars, problem } of chart.lanes) {
    lines.push(cut(`${plain(name)}${vmType === '' ? '' : ` (${plain(vmType)})`}`, width));
    for (const bar of bars) {
      const label = `  ${plain(bar.label)}`;
      const isLong = widthOf(label) > labelWidth;
      if (isLong) lines.push(cut(label, width));
      lines.push(row(isLong ? '' : label, drawn(bar, chart, columns, colour), timesOf(bar)));
    }
    if (problem !== undefined) lines.push(cut(`  its own times are unknown: ${plain(problem)}`, width));
  }
  const used = new Set(chart.lanes.flatMap(({ bars }) => bars.map(({ kind }) => kind)));
  if (colour) {
    const legend = Object.entries(kinds).filter(([kind]) => used.has(kind as Kind));
    lines.push(legend.map(([kind, text]) => `${paint('█', colours[kind as Kind], true)} ${text}`).join('  '));
  }
  for (const note of chart.notes) lines.push(paint(cut(plain(note), width), grey, colour));
  return lines.map((line) => `${line}\n`).join('');
}
