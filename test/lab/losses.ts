import { setTimeout } from 'node:timers/promises';
import { type AdminClient } from '@givc/client';
import { GivcError } from '@givc/model';
import { now } from '../bench/clock.js';
import { connectAdmin } from '../bench/connect.js';
import { processOf } from '../bench/processes.js';
import { RegistryWatch } from '../bench/registry-watch.js';
import { type Lab } from './lab.js';
import { programUnit, type MachineName } from './plan.js';

/** How a call ended: with which status (`OK` or another), after how many milliseconds. */
export interface Answer {
  readonly status: string;
  readonly message: string;
  readonly ms: number;
}

/** Resolves with the end of a call, whatever it is. */
export async function answerOf(call: Promise<unknown>): Promise<Answer> {
  const started = now();
  const ended = (status: string, message: string): Answer => ({ status, message, ms: now() - started });
  try {
    await call;
    return ended('OK', '');
  } catch (error) {
    if (!(error instanceof GivcError)) throw error;
    return ended(error.reason, error.message);
  }
}

/** The shortest of some tries: what the product takes, not what the machine of the test is busy with. */
export async function best(tries: number, measure: () => Promise<number>): Promise<number> {
  const taken: number[] = [];
  for (let done = 0; done < tries; done++) taken.push(await measure());
  return Math.min(...taken);
}

/** Before one more try, where nothing tells that it would succeed. */
export const pause = (): Promise<void> => setTimeout(20);

/** Sends a signal to the program of a machine, from outside, and returns when: no process has to be started for it. */
export function signalProgram(machine: MachineName, signal: NodeJS.Signals): number {
  const pid = processOf(machine, programUnit(machine));
  const at = now();
  process.kill(pid, signal);
  return at;
}

/** Somebody who watches and calls while things are lost: what they see, and when by `now()` of test/bench/clock.ts. */
export class Losses {
  private constructor(
    readonly lab: Lab,
    readonly admin: AdminClient,
    readonly watch: RegistryWatch,
  ) {}

  /** Resolves when the registry is known; rejects while the admin cannot be reached. */
  static async open(lab: Lab): Promise<Losses> {
    const admin = connectAdmin();
    try {
      return new Losses(lab, admin, await RegistryWatch.open(admin));
    } catch (error) {
      admin.close();
      throw error;
    }
  }

  /** As `open`, as soon as the admin answers; rejects after 20 s. */
  static async openAgain(lab: Lab): Promise<Losses> {
    for (const limit = now() + 20_000; ; await pause())
      try {
        return await Losses.open(lab);
      } catch (error) {
        if (now() > limit) throw error;
      }
  }

  /** How many changes have been told so far. */
  get told(): number {
    return this.watch.changes.length;
  }

  /** What was told of a machine, and of the VM unit that runs it, after the first `since` changes. */
  toldOf(vm: string, since: number): string[] {
    return this.watch.changes
      .slice(since)
      .filter(({ item }) => item.VmName === vm)
      .map(({ kind, item }) => (kind === 'Removed' ? `${item.Name} removed` : `${item.Name} ${item.VmStatus}`));
  }

  /** What was told of all machines but these: who else has suffered. */
  toldBeside(vms: readonly string[], since: number): string[] {
    const others = new Set(this.watch.changes.slice(since).map(({ item }) => item.VmName ?? ''));
    return [...others].filter((vm) => !vms.includes(vm)).flatMap((vm) => this.toldOf(vm, since));
  }

  /** Asks the agent of a machine for one of its units, through the admin. */
  ask(vm: MachineName, unit = programUnit(vm)): Promise<Answer> {
    return answerOf(this.admin.getUnitStatus({ VmName: vm, UnitName: unit }));
  }

  /** Resolves with when the admin has heard of all agents, in one of these ways (`report.Machine.Agent`). */
  async heard(...ways: readonly string[]): Promise<number> {
    for (const limit = now() + 20_000; ; await pause()) {
      const { Machines } = await this.admin.listMachines();
      if (Machines.every(({ Name, Agent }) => Name === 'admin-vm' || ways.includes(Agent))) return now();
      if (now() > limit) throw new Error(`not all are ${ways.join(' or ')}: ${JSON.stringify(Machines)}`);
    }
  }

  close(): void {
    this.watch.close();
    this.admin.close();
  }
}
