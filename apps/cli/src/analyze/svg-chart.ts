// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { duration } from '../history/event-text.js';
import { plain } from '../output/plain-text.js';
import { kinds, scaleStep, scaleText, type Bar, type Chart, type Kind } from './chart.js';

/** Colours that have enough contrast on a light and on a dark background. */
const colours: Readonly<Record<Kind, string>> = {
  command: '#9a6bc9',
  vm: '#5b7fd0',
  kernel: '#cc5a4e',
  initrd: '#d98a5f',
  userspace: '#c79a2b',
  agent: '#2f9ea3',
  unit: '#5c9e54',
  application: '#b5619c',
};

const rowHeight = 22;
const headHeight = 30;
const [left, right, top] = [24, 24, 86];
const [plotWidth, labelRoom] = [1_100, 330];
/** The average width of a character of the labels. */
const characterWidth = 6.6;

const style = `
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.title { font-size: 19px; font-weight: 600; }
.faint, .scale { fill: #6e7781; }
.scale { font-size: 11px; }
.machine { font-size: 13px; font-weight: 600; }
.back { fill: #ffffff; }
.band { fill: #808a94; fill-opacity: 0.08; }
.grid { stroke: #808a94; stroke-opacity: 0.25; }
.wait { stroke: #808a94; fill: none; stroke-dasharray: 3 3; }
.arrow { fill: #808a94; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .faint, .scale { fill: #9aa4ae; }
  .back { fill: #16191d; }
}
`;

const escaped = (text: string): string =>
  plain(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const round = (value: number): number => Math.round(value * 10) / 10;

const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${round(x)}" y="${round(y)}"${attributes === '' ? '' : ` ${attributes}`}>${escaped(content)}</text>`;

/** A bar with its place. */
interface Placed {
  readonly bar: Bar;
  readonly lane: string;
  readonly y: number;
}

/** Draws one chart. */
class Drawing {
  readonly #parts: string[] = [];
  /** The backgrounds of the lanes, and what is below the bars. */
  readonly #bands: string[] = [];
  readonly #waited: string[] = [];
  readonly #placed: Placed[] = [];
  #y = top;

  constructor(private readonly chart: Chart) {}

  draw(): string {
    for (const [index, lane] of this.chart.lanes.entries()) {
      const begin = this.#y;
      const rows = lane.bars.length + (lane.problem === undefined ? 0 : 1);
      const height = headHeight + rows * rowHeight + 8;
      if (index % 2 === 0)
        this.#bands.push(`<rect class="band" x="0" y="${begin}" width="${width}" height="${height}"/>`);
      const type = lane.vmType === '' ? '' : ` (${lane.vmType})`;
      this.#parts.push(text(left, begin + 20, `${lane.name}${type}`, 'class="machine"'));
      for (const [row, bar] of lane.bars.entries())
        this.#bar({ bar, lane: lane.name, y: begin + headHeight + row * rowHeight });
      if (lane.problem !== undefined) {
        const y = begin + headHeight + lane.bars.length * rowHeight + 14;
        this.#parts.push(text(left, y, `its own times are unknown: ${lane.problem}`, 'class="faint"'));
      }
      this.#y += height;
    }
    const plotEnd = this.#y;
    for (const placed of this.#placed) this.#waits(placed);
    this.#legend();
    return this.#document(this.#grid(plotEnd));
  }

  #x(ms: number): number {
    return left + (Math.min(ms, this.chart.lengthMs) / this.chart.lengthMs) * plotWidth;
  }

  #bar(placed: Placed): void {
    const { bar, y } = placed;
    this.#placed.push(placed);
    const from = this.#x(bar.beginMs);
    const barWidth = Math.max(2, this.#x(bar.endMs ?? this.chart.lengthMs) - from);
    const span = bar.endMs === undefined ? 'not finished' : duration(bar.endMs - bar.beginMs);
    const opacity = bar.endMs === undefined ? ' fill-opacity="0.45"' : '';
    const label = `${bar.label} (${span})`;
    const begins = `${label}, at ${duration(bar.beginMs)}`;
    const after = bar.after.length === 0 ? '' : `, after ${bar.after.join(', ')}`;
    this.#parts.push(
      `<rect x="${round(from)}" y="${y + 3}" width="${round(barWidth)}" height="${rowHeight - 7}" rx="2" fill="${colours[bar.kind]}"${opacity}>` +
        `<title>${escaped(begins + after)}</title></rect>`,
    );
    const textWidth = label.length * characterWidth;
    const fitsRight = from + barWidth + 8 + textWidth < width - 8;
    const fitsLeft = from - 8 - textWidth > 8;
    if (fitsRight || !fitsLeft) {
      const x = fitsRight ? from + barWidth + 7 : from + 7;
      this.#parts.push(text(x, y + 15, label));
    } else this.#parts.push(text(from - 7, y + 15, label, 'text-anchor="end"'));
  }

  /** A line from the end of what the bar waited for to its begin. */
  #waits({ bar, lane, y }: Placed): void {
    for (const name of bar.after) {
      const other = this.#placed.find((one) =>
        bar.kind === 'vm' ? one.lane === name && one.bar.kind === 'vm' : one.lane === lane && one.bar.label === name,
      );
      if (!other || other.bar.endMs === undefined || other.bar.endMs > bar.beginMs + 1) continue;
      // Down from the end of the other bar, below all bars, and right to this one: nothing is written there.
      const [x1, x2] = [this.#x(other.bar.endMs) - 2, this.#x(bar.beginMs)];
      const [y1, y2] = [other.y + rowHeight - 4, y + rowHeight / 2];
      this.#waited.push(`<path class="wait" d="M${round(Math.min(x1, x2 - 8))} ${y1}V${y2}H${round(x2 - 5)}"/>`);
      this.#waited.push(`<path class="arrow" d="M${round(x2)} ${y2}l-6 -3.5v7z"/>`);
    }
  }

  #grid(end: number): string[] {
    const { lengthMs } = this.chart;
    const step = scaleStep(lengthMs, 12);
    const lines: string[] = [];
    for (let ms = 0; ms <= lengthMs; ms += step) {
      const x = round(this.#x(ms));
      lines.push(`<path class="grid" d="M${x} ${top - 6}V${end}"/>`);
      lines.push(text(x, top - 12, scaleText(ms), `class="scale" text-anchor="${ms === 0 ? 'start' : 'middle'}"`));
    }
    return lines;
  }

  #legend(): void {
    const used = new Set(this.#placed.map(({ bar }) => bar.kind));
    let x = left;
    for (const [kind, name] of Object.entries(kinds)) {
      if (!used.has(kind as Kind)) continue;
      this.#parts.push(
        `<rect x="${round(x)}" y="${this.#y + 16}" width="14" height="12" rx="2" fill="${colours[kind as Kind]}"/>`,
        text(x + 20, this.#y + 26, name),
      );
      x += 20 + name.length * characterWidth + 26;
    }
    if (this.#waited.length > 0)
      this.#parts.push(
        `<path class="wait" d="M${round(x)} ${this.#y + 22}h18"/>`,
        `<path class="arrow" d="M${round(x + 24)} ${this.#y + 22}l-6 -3.5v7z"/>`,
        text(x + 30, this.#y + 26, 'started after'),
      );
    this.#y += 40;
    for (const note of this.chart.notes) {
      this.#parts.push(text(left, this.#y + 16, note, 'class="faint"'));
      this.#y += 20;
    }
    this.#y += 12;
  }

  #document(grid: readonly string[]): string {
    const { title, lengthMs } = this.chart;
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${this.#y}" viewBox="0 0 ${width} ${this.#y}">`,
      `<title>${escaped(title)}</title>`,
      `<style>${style}</style>`,
      `<rect class="back" width="${width}" height="${this.#y}"/>`,
      text(left, 36, title, 'class="title"'),
      text(left, 56, `${duration(lengthMs)} in all`, 'class="faint"'),
      ...this.#bands,
      ...grid,
      ...this.#waited,
      ...this.#parts,
      '</svg>\n',
    ].join('\n');
  }
}

const width = left + plotWidth + labelRoom + right;

/** The chart as an SVG document. */
export const svgChart = (chart: Chart): string => new Drawing(chart).draw();
