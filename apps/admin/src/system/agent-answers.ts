// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseText } from '@givc/model';
import type { stats } from '@givc/rpc';

const textMax = 256;
/** The maximum length of each list; an agent reports the processes that use most. */
const processesMax = 256;

const processesOf = (list: readonly stats.ProcessStat[]): stats.ProcessStat[] =>
  list.slice(0, processesMax).map((process) => ({ ...process, Name: parseText(process.Name, textMax) }));

/** Bounds the statistics of an agent: lists and texts are cut, and texts are printable. */
export const parseStats = ({ Memory, Load, Process }: stats.StatsResponse): stats.StatsResponse => ({
  Memory,
  Load,
  Process: Process && {
    ...Process,
    CpuProcesses: processesOf(Process.CpuProcesses),
    MemProcesses: processesOf(Process.MemProcesses),
  },
});

/** Bounds the information about the computer. */
export const parseSysinfo = (answer: stats.SysinfoResponse): stats.SysinfoResponse => ({
  ...answer,
  GhafVersion: parseText(answer.GhafVersion, textMax),
});
