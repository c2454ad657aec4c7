// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A lab that runs on this machine. */
export interface RunningLab {
  /** The process that started it. */
  readonly id: string;
  /** The systemd-nspawn process of its host, which is in the lab's namespaces. */
  readonly container: string;
  /** The folder in which it was started, as long as that process runs. */
  readonly folder: string | undefined;
  /** A description for a person. */
  readonly description: string;
}

const prefix = 'givc-lab-';

/** The labs whose control groups lie in this hierarchy and whose host runs. */
export function runningLabs(hierarchy: string, proc = '/proc'): RunningLab[] {
  return readdirSync(hierarchy)
    .filter((name) => name.startsWith(prefix))
    .flatMap((name) => {
      const processes = join(hierarchy, name, 'host.0/supervisor/cgroup.procs');
      const container = existsSync(processes) ? readFileSync(processes, 'utf8').split('\n')[0] : undefined;
      const id = name.slice(prefix.length);
      return container ? [{ id, container, ...starterOf(join(proc, id)) }] : [];
    });
}

/** The folder in which it was started, and the script. */
function starterOf(process: string): Pick<RunningLab, 'folder' | 'description'> {
  try {
    const script = readFileSync(join(process, 'cmdline'), 'utf8')
      .split('\0')
      .find((argument) => /\.[mc]?[jt]s$/.test(argument));
    const folder = readlinkSync(join(process, 'cwd'));
    return { folder, description: `${script ?? 'started'} in ${folder}` };
  } catch {
    return { folder: undefined, description: 'its starter has ended' };
  }
}

/**
 * The lab to use: the one with this id, the only one of this checkout, the only one at all, or the one that `ask`
 * chooses, in this order. Throws an error for people when there is none, or when there are several and no terminal.
 */
export async function chooseLab(
  labs: readonly RunningLab[],
  { id, checkout }: { readonly id: string | undefined; readonly checkout: string },
  ask: ((question: string) => Promise<string>) | undefined,
): Promise<RunningLab> {
  if (labs.length === 0) throw new Error('no lab runs here: start it with npm run lab');
  const [only, ...others] = labs;
  if (id === undefined && others.length === 0) return only!;
  const [own, ...more] = labs.filter(({ folder }) => folder === checkout);
  if (id === undefined && own !== undefined && more.length === 0) return own;
  const list = labs.map((lab) => `  ${lab.id}  ${lab.description}\n`).join('');
  if (id === undefined && ask === undefined)
    throw new Error(`${labs.length} labs run here; choose one by npm run lab:enter -- --lab ID:\n${list.trimEnd()}`);
  const chosen = id ?? (await ask!(`${labs.length} labs run here:\n${list}Which one? `)).trim();
  const found = labs.find((lab) => lab.id === chosen);
  if (found === undefined) throw new Error(`no lab ${JSON.stringify(chosen)} runs here:\n${list.trimEnd()}`);
  return found;
}
