// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { widthOf } from '../output/table.js';
import { kinds, lengthOf, scaleStep, type Bar, type Chart, type Kind } from './chart.js';
import { svgChart } from './svg-chart.js';
import { textChart } from './text-chart.js';

const bar = fc.record<Bar>({
  kind: fc.constantFrom(...(Object.keys(kinds) as Kind[])),
  label: fc.string({ unit: 'grapheme', maxLength: 60, size: 'max' }),
  beginMs: fc.nat(100_000),
  endMs: fc.option(fc.nat(200_000), { nil: undefined }),
  after: fc.array(fc.string({ maxLength: 30 }), { maxLength: 2 }),
});
const chart = fc
  .array(
    fc.record({
      ...{ name: fc.string({ maxLength: 40 }), vmType: fc.constantFrom('', 'SysVM') },
      ...{ bars: fc.array(bar, { maxLength: 6 }), problem: fc.option(fc.string(), { nil: undefined }) },
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((lanes): Chart => ({ title: 'Boot', beginsAt: 0, lengthMs: lengthOf(lanes), lanes, notes: ['a note'] }));

const evil = '<script>alert(1)</script>&"\'\u001b[2J\u202e';
const foreign: Chart = {
  ...{ title: evil, beginsAt: 0, lengthMs: 10, notes: [evil] },
  lanes: [
    {
      ...{ name: evil, vmType: evil, problem: evil },
      bars: [{ kind: 'unit', label: evil, beginMs: 0, endMs: undefined, after: [evil] }],
    },
  ],
};

describe('a chart', () => {
  it('has no line on a terminal that is wider than it, whatever is in the chart', () => {
    fc.assert(
      fc.property(chart, fc.integer({ min: 50, max: 200 }), (one, width) => {
        for (const line of textChart(one, { width, colour: false }).split('\n'))
          expect(widthOf(line)).toBeLessThanOrEqual(width);
      }),
      { numRuns: 200 },
    );
  });

  it('has a bar in proportion to its time on a terminal', () => {
    const bars: Bar[] = [
      { kind: 'kernel', label: 'kernel', beginMs: 0, endMs: 1_000, after: [] },
      { kind: 'unit', label: 'unit', beginMs: 1_000, endMs: 4_000, after: [] },
    ];
    const lanes = [{ name: 'host', vmType: 'Host', bars }];
    const text = textChart(
      { title: 'Boot', beginsAt: 0, lengthMs: 4_000, lanes, notes: [] },
      { width: 80, colour: false },
    );
    const blocks = text.split('\n').map((line) => line.match(/█/g)?.length ?? 0);
    const [kernel, unit] = blocks.filter((count) => count > 0);
    expect(unit! / kernel!).toBeCloseTo(3, 0);
  });

  it('has a long label and what a bar waited for in full on a terminal', () => {
    const label = 'StartService by operator: FAILED_PRECONDITION';
    const after = ['net-vm'];
    const bars: Bar[] = [{ kind: 'command', label, beginMs: 0, endMs: 1_000, after }];
    const lanes = [{ name: 'net-vm', vmType: 'SysVM', bars }];
    const text = textChart(
      { title: 'Start', beginsAt: 0, lengthMs: 1_000, lanes, notes: [] },
      { width: 120, colour: false },
    );
    expect(text).toMatch(/^ {2}StartService by operator: FAILED_PRECONDITION\n +│█+│ 1\.00 s {2}@0 ms, after /m);
    expect(text).toContain('@0 ms, after net-vm\n');
  });

  it('is without colours where they are off', () => {
    // eslint-disable-next-line no-control-regex
    expect(textChart(foreign, { width: 100, colour: false })).not.toMatch(/\u001b/);
  });

  it('has only harmless text in an SVG document, whatever machines name their units', () => {
    const svg = svgChart(foreign);
    expect(svg).not.toContain('<script');
    // eslint-disable-next-line no-control-regex
    expect(svg).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(svg).toContain('&#60;script&#62;alert(1)');
  });

  it('has finite numbers and a rectangle for each bar in an SVG document', () => {
    fc.assert(
      fc.property(chart, (one) => {
        const svg = svgChart(one);
        const numbers = [...svg.matchAll(/ (?:x|y|width|height)="([^"]*)"/g)].map(([, value]) => Number(value));
        expect(numbers.every(Number.isFinite)).toBe(true);
        const count = one.lanes.reduce((sum, { bars }) => sum + bars.length, 0);
        expect(svg.match(/<rect [^>]*><title>/g)?.length ?? 0).toBe(count);
        expect(svg.match(/<text /g)!.length).toBe(svg.match(/<\/text>/g)!.length);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    [26_000, 12, 5_000],
    [900, 12, 100],
    [5, 12, 1],
    [300_000, 4, 100_000],
  ])('of %d ms has at most %d lines of the scale, every %d ms', (length, most, step) => {
    expect(scaleStep(length, most)).toBe(step);
  });
});
