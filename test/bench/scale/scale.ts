// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { admin as contract } from '@givc/rpc';
import { writeCertificates } from '@givc/pki';
import { testAuthority } from '@givc/testing';
import { BuiltProgram } from '../../support/built-program.js';
import { callFields, headerBlock, message } from '../../support/http2-frames.js';
import { RawConnection } from '../../support/raw-connection.js';
import { now } from '../clock.js';
import { median, percentile } from '../measurement.js';
import { memoryOf } from '../processes.js';
import {
  machineAddress,
  machineName,
  materialIn,
  unitsOfMachine,
  watcherAddress,
  watcherName,
  watchesOfName,
} from './plan.js';
import {
  LoadProcess,
  type AgentsCommand,
  type AgentsEvent,
  type WatchersCommand,
  type WatchersEvent,
} from './processes.js';

/**
 * The measured values for one number of machines. Times are in milliseconds, memory in bytes, CPU in milliseconds a
 * second.
 */
export interface ScaleResult {
  readonly machines: number;
  readonly entries: number;
  readonly bootStorm: number;
  readonly restart: number;
  readonly queryP50: number;
  readonly queryP99: number;
  /** The time until this number of watches have their initial list. */
  readonly lists100: number;
  readonly lists1000: number;
  /** The time until a change has reached all of 100 watches, by the number of changes a second. */
  readonly event1: number;
  readonly event10: number;
  readonly event100: number;
  /** The same for 1,000 watches and 10 changes a second. */
  readonly event1000: number;
  readonly bytesOfEntry: number;
  readonly bytesOfWatch: number;
  readonly cpuIdle: number;
  /** With 100 watches and 10 changes a second. */
  readonly cpuBusy: number;
  /** The CPU time of the admin, in milliseconds, which a busy machine changes less than times. */
  readonly cpu: Readonly<Record<'bootStorm' | 'queries' | 'lists1000' | 'restart', number>>;
}

type Agents = LoadProcess<AgentsCommand, AgentsEvent>;
type Watchers = LoadProcess<WatchersCommand, WatchersEvent>;

const adminPort = 9_001;
const [watchers, most] = [100, 1_000];
const idleMs = 5_000;
/** Then the admin has given free memory back, also when it has a little work (libs/daemon/src/heap-trimmer.ts). */
const calmMs = 30_000;
/** The kernel's clock ticks (proc_pid_stat(5)), of which Linux has 100 a second. */
const tickMs = 10;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The CPU time of a process so far. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

const anonymous = (pid: number): number => memoryOf(pid).anonymous * 1024 * 1024;

/** The CPU time that the process uses for this work, in milliseconds. */
async function cpuOf<Result>(pid: number, work: () => Promise<Result>): Promise<readonly [Result, number]> {
  const used = cpuMs(pid);
  return [await work(), cpuMs(pid) - used];
}

async function cpuShare(pid: number, work: () => Promise<unknown>): Promise<number> {
  const [from, used] = [now(), cpuMs(pid)];
  await work();
  return ((cpuMs(pid) - used) / (now() - from)) * 1_000;
}

/** A system with this number of simulated machines and a built admin, in a folder of its own. */
class ScaleSystem {
  readonly #folder = mkdtempSync(join(tmpdir(), 'givc-scale-'));
  #admin: BuiltProgram | undefined;

  constructor(readonly machines: number) {}

  async prepare(): Promise<void> {
    const authority = testAuthority();
    const issue = async (name: string, address: string): Promise<void> => {
      const folder = join(this.#folder, name);
      mkdirSync(folder);
      await writeCertificates(folder, authority, authority.issue({ name, addresses: [address] }));
    };
    for (const name of ['admin-vm', 'caller-vm']) await issue(name, '127.0.0.1');
    for (let n = 0; n < this.machines; n++) await issue(machineName(n), machineAddress(n));
    for (let n = 0; n < most / watchesOfName; n++) await issue(watcherName(n), watcherAddress(n));
    mkdirSync(`${this.#folder}/state`);
  }

  get folder(): string {
    return this.#folder;
  }

  get admin(): BuiltProgram {
    return this.#admin!;
  }

  async startAdmin(): Promise<void> {
    const own = `${this.#folder}/admin-vm`;
    this.#admin = await BuiltProgram.start('admin-vm', 'givc-admin', {
      arguments: ['--listen', `127.0.0.1:${adminPort}`],
      environment: {
        ...{ NAME: 'admin-vm', TLS: 'true', CA_CERT: `${own}/ca-cert.pem` },
        ...{ HOST_CERT: `${own}/cert.pem`, HOST_KEY: `${own}/key.pem` },
        ...{ GIVC_AUDIT: `${own}/audit`, STATE_DIRECTORY: `${this.#folder}/state` },
      },
    });
  }

  startAgents(): Agents {
    return new LoadProcess('agents-main', this.#folder, String(this.machines), String(adminPort));
  }

  startWatchers(): Watchers {
    return new LoadProcess('watchers-main', this.#folder, String(adminPort));
  }

  /**
   * A caller that counts answers without decoding them, so that the time of the answers is measured, not that of the
   * caller.
   */
  connect(): Promise<RawConnection> {
    return RawConnection.open(this.admin.target(materialIn(this.#folder, 'caller-vm')));
  }

  async end(): Promise<void> {
    await this.#admin?.stop();
    rmSync(this.#folder, { recursive: true });
  }
}

async function queryTimes(system: ScaleSystem, agents: Agents): Promise<number[]> {
  const { path, requestSerialize } = contract.AdminServiceService.queryList;
  const [headers, body] = [headerBlock(callFields(path)), message(requestSerialize({}))];
  const caller = await system.connect();
  const [measured, perSecond, count]: [number[], number, number] = [[], 20, 200];
  agents.send({ kind: 'change', count: count / 2, perSecond: perSecond / 2 });
  const from = now();
  for (let done = 0; done < count; done++) {
    const due = from + (done / perSecond) * 1_000;
    if (due > now()) await wait(due - now());
    const started = now();
    if ((await caller.call(headers, body)) === 0) throw new Error('QueryList has failed');
    measured.push(now() - started);
  }
  caller.destroy();
  await agents.next('changed');
  return measured;
}

/** Opens this number of watches; returns the time until all have the list. */
async function listTime(load: Watchers, count: number): Promise<number> {
  const from = now();
  load.send({ kind: 'watch', count });
  return (await load.next('listed')).at - from;
}

/** The 99th percentile of the times until a change has reached all watches. */
async function eventTime(load: Watchers, agents: Agents, perSecond: number, count: number): Promise<number> {
  agents.send({ kind: 'change', count, perSecond });
  const measured: number[] = [];
  while (measured.length < count) measured.push((await load.next('delivered')).ms);
  await agents.next('changed');
  return percentile(measured, 0.99);
}

/** Measures a system with this number of machines, in a few minutes. It needs a network namespace of its own. */
export async function scale(machines: number): Promise<ScaleResult> {
  const system = new ScaleSystem(machines);
  const processes: { end(): void }[] = [];
  try {
    await system.prepare();
    await system.startAdmin();
    await wait(calmMs);
    const empty = anonymous(system.admin.pid);
    const agents = system.startAgents();
    const load = system.startWatchers();
    processes.push(agents, load);
    await Promise.all([agents.next('ready'), load.next('ready')]);

    const registerAll = async (): Promise<number> => {
      const began = now();
      agents.send({ kind: 'report' });
      return (await agents.next('all-accepted')).at - began;
    };
    const [bootStorm, cpuBoot] = await cpuOf(system.admin.pid, registerAll);
    await wait(calmMs);
    const entries = machines * (unitsOfMachine + 1);
    const bytesOfEntry = (anonymous(system.admin.pid) - empty) / entries;
    const cpuIdle = await cpuShare(system.admin.pid, () => wait(idleMs));
    const [queries, cpuQueries] = await cpuOf(system.admin.pid, () => queryTimes(system, agents));

    const lists100 = await listTime(load, watchers);
    const event1 = await eventTime(load, agents, 1, 10);
    let event10 = 0;
    const busy = async (): Promise<void> => void (event10 = await eventTime(load, agents, 10, 100));
    const cpuBusy = await cpuShare(system.admin.pid, busy);
    const event100 = await eventTime(load, agents, 100, 500);
    load.send({ kind: 'close' });
    await wait(calmMs);
    const before = anonymous(system.admin.pid);
    const [lists1000, cpuLists] = await cpuOf(system.admin.pid, () => listTime(load, most));
    await wait(calmMs);
    const bytesOfWatch = (anonymous(system.admin.pid) - before) / most;
    const event1000 = await eventTime(load, agents, 10, 100);
    load.send({ kind: 'close' });

    await system.admin.stop();
    await system.startAdmin();
    const listening = now();
    const returned = async (): Promise<number> => (await agents.next('all-accepted')).at - listening;
    const [restart, cpuRestart] = await cpuOf(system.admin.pid, returned);
    return {
      ...{ machines, entries, bootStorm, restart, queryP50: median(queries), queryP99: percentile(queries, 0.99) },
      ...{ lists100, lists1000, event1, event10, event100, event1000, bytesOfEntry, bytesOfWatch, cpuIdle, cpuBusy },
      cpu: { bootStorm: cpuBoot, queries: cpuQueries, lists1000: cpuLists, restart: cpuRestart },
    };
  } catch (error) {
    const lines = system.admin.lines.slice(-5).join('\n');
    throw new Error(`${(error as Error).message}; the admin's last lines:\n${lines}`, { cause: error });
  } finally {
    for (const process of processes) process.end();
    await system.end();
  }
}
