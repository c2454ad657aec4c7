// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { writeFile } from 'node:fs/promises';
import { Option } from 'nest-commander';
import type { AdminClient } from '@givc/client';
import { writeError } from '@givc/files';
import type { history } from '@givc/rpc';
import { AdminCommand } from '../connection/admin-command.js';
import { explainHistory, queryHistory } from '../history/query-history.js';
import { listedChart, type Chart } from './chart.js';
import { svgChart } from './svg-chart.js';
import { textChart } from './text-chart.js';

export interface AnalyzeOptions {
  readonly svg?: string;
  readonly asJson?: boolean;
}

/** What the charts are made of. */
export interface Measurements {
  readonly boots: readonly history.MachineBoot[];
  readonly events: readonly history.HistoryEvent[];
}

/** A command that draws a chart: on a terminal, as an SVG document, or as JSON. */
export abstract class AnalyzeCommand extends AdminCommand {
  @Option({ flags: '--svg <file>', description: 'write the chart to this file, for a browser' })
  svg(value: string): string {
    return value;
  }

  @Option({ flags: '--as-json', description: 'one JSON object instead of a chart' })
  asJson(): boolean {
    return true;
  }

  /** The chart of the boots of all machines, and of the events that are kept. */
  protected measure(chart: (measurements: Measurements) => Chart): Promise<Chart> {
    return this.output.meanwhile(
      'the machines may take a few seconds to answer',
      this.withAdmin(async (admin) => {
        const [boots, events] = await Promise.all([bootsOf(admin), allEvents(admin)]);
        return chart({ boots, events });
      }),
    );
  }

  protected async show(chart: Chart, { svg, asJson }: AnalyzeOptions): Promise<void> {
    if (svg !== undefined) {
      await writeFile(svg, svgChart(chart)).catch((error: unknown) => {
        throw writeError(svg, error);
      });
      if (!asJson) this.output.sentence(`Wrote ${svg}.`);
    }
    if (asJson) this.output.json(listedChart(chart));
    else if (svg === undefined) {
      const { terminal, hasColour } = this.output;
      this.output.text(textChart(chart, { width: terminal?.columns || 120, colour: hasColour }));
    }
  }
}

async function bootsOf(admin: AdminClient): Promise<history.MachineBoot[]> {
  const boots: history.MachineBoot[] = [];
  try {
    for await (const { boot } of admin.listBoots({ vm: '' }, { deadlineMs: 15_000 })) if (boot) boots.push(boot);
  } catch (error) {
    throw explainHistory(error);
  }
  return boots;
}

async function allEvents(admin: AdminClient): Promise<history.HistoryEvent[]> {
  const events: history.HistoryEvent[] = [];
  for await (const event of queryHistory(admin, {})) events.push(event);
  return events;
}
