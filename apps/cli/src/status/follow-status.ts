// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { report } from '@givc/rpc';
import { followRegistry, type RegistryState } from '../registry/follow-registry.js';
import type { AdminDialer } from '../connection/admin-dialer.js';
import { unknownName } from '../names/unknown-name.js';
import { plain } from '../output/plain-text.js';
import { cut } from '../output/table.js';
import { ago } from './age.js';
import { machinesOf } from '../machines/machine.js';
import { Screen } from './screen.js';
import { listMachines } from '../machines/list-machines.js';
import { treeLines } from './tree.js';

/** The last answer of the admin, and when it arrived, by `performance.now()`. */
interface Snapshot {
  readonly seen: Extract<RegistryState, { state: 'watching' }>;
  readonly machines: readonly report.Machine[] | undefined;
  readonly at: number;
}

/** The interval of requests for the ages, and the time without an answer after which the snapshot is outdated. */
const everyMs = 1_000;
const lateMs = 2_500;

const isLate = (snapshot: Snapshot | undefined): boolean =>
  snapshot !== undefined && performance.now() - snapshot.at > lateMs;

/** The two lines above the tree: the admin, and its problem. */
function heading(name: string, snapshot: Snapshot | undefined, error: GivcError | undefined): string[] {
  if (!snapshot) return [error?.message ?? `waiting for ${name}`, ''];
  const old = `its last answer, ${ago(performance.now() - snapshot.at)}:`;
  if (error) return [error.message, old];
  if (isLate(snapshot)) return [`${name} does not answer`, old];
  const time = new Date().toTimeString().slice(0, 8);
  return [`${name}, ${time}`, snapshot.machines ? '' : 'the ages are unknown, because it does not report them'];
}

/** Runs `work`, and once more if that was requested meanwhile; never two at a time. */
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

export interface FollowOptions {
  readonly colour: boolean;
  /** Only this machine. */
  readonly vm?: string | undefined;
}

/** Keeps the tree current on the terminal until Ctrl-C: after each change, and once a second for the ages. */
export async function followStatus(
  dialer: AdminDialer,
  terminal: NodeJS.WriteStream,
  { colour, vm }: FollowOptions,
): Promise<void> {
  const ending = new AbortController();
  let failure: Error | undefined;
  let seen: RegistryState | undefined;
  let snapshot: Snapshot | undefined;

  const draw = () => {
    const width = terminal.columns || undefined;
    const title = heading(dialer.name, snapshot, seen?.state === 'unreachable' ? seen.error : undefined);
    const all = snapshot ? machinesOf(snapshot.seen.items, snapshot.machines) : [];
    const machines = all.filter(({ name }) => vm === undefined || name === vm);
    const unknown = snapshot && machines.length === 0 && unknownName(snapshot.seen.items, { vm });
    if (unknown) title.push(`${unknown.problem}: ${unknown.advice}`);
    const tree = snapshot && !unknown ? treeLines(machines, { width, colour }) : [];
    screen.show([...title.map(plain).map((line) => (width === undefined ? line : cut(line, width))), ...tree]);
  };
  const look = oneAtATime(
    async () => {
      const asked = seen;
      if (asked?.state === 'watching')
        try {
          snapshot = { seen: asked, machines: await listMachines(asked.admin), at: performance.now() };
        } catch (error) {
          // The watch reports the state of the admin.
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
    if (isLate(snapshot)) draw();
    look();
  }, everyMs);
  try {
    look();
    for await (seen of followRegistry(dialer, ending.signal)) look();
  } finally {
    ending.abort();
    clearInterval(timer);
    screen.close();
  }
  if (failure) throw failure;
}
