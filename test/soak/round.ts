import { setTimeout } from 'node:timers/promises';
import { type AdminClient } from '@givc/client';
import { GivcError, messageOf } from '@givc/model';
import { type Lab } from '../lab/lab.js';
import { type MachineName } from '../lab/plan.js';
import { chooseCall, startVm, type Call } from './calls.js';
import { type Diary } from './diary.js';
import { chooseFault } from './faults.js';
import { type Random } from '../model/random.js';
import { type RegistryMirror } from '../model/registry-mirror.js';
import { downVms, vmUnit } from './facts.js';

const graceMs = 1_000;
const longestFaultMs = 6_000;
const longestThoughtMs = 1_500;

export interface Soak {
  readonly lab: Lab;
  readonly admin: AdminClient;
  readonly mirror: RegistryMirror;
  readonly diary: Diary;
}

/** Makes the call and writes down what came of it; returns whether it succeeded. */
async function tell({ admin, diary }: Soak, call: Call): Promise<boolean> {
  const started = performance.now();
  let outcome = 'OK';
  let answer: string;
  try {
    answer = await call.make(admin);
  } catch (error) {
    outcome = error instanceof GivcError ? error.reason : 'no status';
    answer = `${outcome}: ${messageOf(error)}`;
  }
  const ms = performance.now() - started;
  const taken = `${(ms / 1000).toFixed(2)} s`;
  diary.write(`${call.text}: ${answer} (${taken})`);
  diary.call(call.rpc, outcome, ms);
  if (ms > call.deadlineMs + graceMs) diary.difference(`${call.rpc} took ${taken}, longer than its deadline`);
  return outcome === 'OK';
}

/** Boots what earlier rounds have ended. Nothing is broken now, so that it has to succeed. */
async function mend(soak: Soak): Promise<void> {
  const down = await downVms(soak.lab);
  if (down.includes('admin-vm')) await soak.lab.machine('host').systemctl('restart', vmUnit('admin-vm'));
  const vms = down.filter((vm) => vm !== 'admin-vm');
  const started = await Promise.all(vms.map((vm) => tell(soak, startVm(vm))));
  for (const [index, vm] of vms.entries())
    if (!started[index]) soak.diary.difference(`${vm} cannot be started while nothing is broken`);
}

/** What chance decides of a fault beforehand; which one it is depends on what there is when it comes. */
interface Plan {
  readonly delayMs: number;
  readonly lastsMs: number;
  readonly random: Random;
}

async function suffer(soak: Soak, { delayMs, lastsMs, random }: Plan, spared: readonly MachineName[]): Promise<void> {
  await setTimeout(delayMs);
  const { lab, diary, mirror } = soak;
  const fault = chooseFault({ lab, random, applications: mirror.applications('chrome-vm'), spared });
  diary.fault(fault.kind, fault.lasts ? `${fault.text} for ${(lastsMs / 1000).toFixed(1)} s` : fault.text);
  try {
    await fault.do();
    if (!fault.undo) return;
    await setTimeout(lastsMs);
    diary.write(`${fault.text}: over`);
    await fault.undo();
  } catch (error) {
    // Another fault came first: a machine that is down has neither a cable nor programs.
    diary.write(`${fault.text}: not possible now: ${messageOf(error).split('\n')[0]}`);
  }
}

async function call(soak: Soak, random: Random, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await tell(soak, chooseCall(random, soak.mirror.applications('chrome-vm')));
    await setTimeout(random.between(0, longestThoughtMs), undefined, { signal: over }).catch(() => undefined);
  }
}

/** One to three faults, and callers beside them. Resolves when the faults are undone and all calls are answered. */
export async function round(soak: Soak, random: Random, spared: readonly MachineName[]): Promise<void> {
  await mend(soak);
  const over = new AbortController();
  const callers = Array.from({ length: random.between(2, 4) }, () => call(soak, random.branch(), over.signal));
  const atOnce = random.next() < 0.5;
  const plans = Array.from({ length: random.between(1, 3) }, () => ({
    delayMs: atOnce ? 0 : random.between(0, longestFaultMs),
    lastsMs: random.between(0, longestFaultMs),
    random: random.branch(),
  }));
  await Promise.all(plans.map((plan) => suffer(soak, plan, spared)));
  over.abort();
  await Promise.all(callers);
}
