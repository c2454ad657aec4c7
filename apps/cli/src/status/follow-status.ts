// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { report } from '@givc/rpc';
import { followRegistry, type RegistryState } from '../registry/follow-registry.js';
import type { AdminDialer } from '../connection/admin-dialer.js';
import { cut, plain } from '../output/table.js';
import { ago } from './age.js';
import { machinesOf } from './machine.js';
import { Screen } from './screen.js';
import { listMachines } from './list-machines.js';
import { treeLines } from './tree.js';

/** What the admin said last, and when, by `performance.now()`. */
interface Picture {
  readonly seen: Extract<RegistryState, { state: 'watching' }>;
  readonly machines: readonly report.Machine[] | undefined;
  readonly at: number;
}

/** How often the ages are asked for, and after how long without an answer the picture is old. */
const [everyMs, lateMs] = [1_000, 2_500];

const isLate = (picture: Picture | undefined): boolean =>
  picture !== undefined && performance.now() - picture.at > lateMs;

/** Two lines above the tree: who says it, and what is wrong with it. */
function heading(name: string, picture: Picture | undefined, away: GivcError | undefined): [string, string] {
  if (!picture) return [away?.message ?? `waiting for ${name}`, ''];
  const old = `what it said ${ago(performance.now() - picture.at)}:`;
  if (away) return [away.message, old];
  if (isLate(picture)) return [`${name} does not answer`, old];
  const time = new Date().toTimeString().slice(0, 8);
  return [`${name}, ${time}`, picture.machines ? '' : 'the ages are unknown, because it does not report them'];
}

/** Runs `work`, and once more if it was asked for meanwhile; never twice at a time. */
function oneAtATime(work: () => Promise<void>, failed: (error: unknown) => void): () => void {
  let running = false;
  let again = false;
  const run = async () => {
    running = true;
    do {
      again = false;
      await work();
    } while (again);
    running = false;
  };
  return () => {
    if (running) again = true;
    else run().catch(failed);
  };
}

/** Keeps the tree current on the terminal until Ctrl-C: after each change, and once a second for the ages. */
export async function followStatus(reach: AdminDialer, terminal: NodeJS.WriteStream, colour: boolean): Promise<void> {
  const ending = new AbortController();
  let failure: Error | undefined;
  let seen: RegistryState | undefined;
  let picture: Picture | undefined;

  const draw = () => {
    const width = terminal.columns || undefined;
    const title = heading(reach.name, picture, seen?.state === 'away' ? seen.error : undefined).map(plain);
    const tree = picture ? treeLines(machinesOf(picture.seen.items, picture.machines), { width, colour }) : [];
    screen.show([...title.map((line) => (width === undefined ? line : cut(line, width))), ...tree]);
  };
  const look = oneAtATime(
    async () => {
      const asked = seen;
      if (asked?.state === 'watching')
        try {
          picture = { seen: asked, machines: await listMachines(asked.admin), at: performance.now() };
        } catch (error) {
          // The watch will tell what has become of the admin.
          if (!(error instanceof GivcError)) throw error;
        }
      if (!ending.signal.aborted) draw();
    },
    (error) => {
      failure = error instanceof Error ? error : new Error(String(error));
      ending.abort();
    },
  );

  const screen = new Screen(terminal, draw);
  screen.ended.addEventListener('abort', () => ending.abort(), { once: true });
  const timer = setInterval(() => {
    if (isLate(picture)) draw();
    look();
  }, everyMs);
  try {
    look();
    for await (seen of followRegistry(reach, ending.signal)) look();
  } finally {
    ending.abort();
    clearInterval(timer);
    screen.close();
  }
  if (failure) throw failure;
}
