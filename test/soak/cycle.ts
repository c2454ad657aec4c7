// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setTimeout } from 'node:timers/promises';
import { type AdminClient } from '@givc/client';
import { GivcError, messageOf } from '@givc/model';
import { type Lab } from '../lab/lab.js';
import { type MachineName } from '../lab/plan.js';
import { chooseCall, startVm, type Call } from './calls.js';
import { type EventLog } from './event-log.js';
import { chooseFault } from './faults.js';
import { type Random } from '../model/random.js';
import { type RegistryMirror } from '../model/registry-mirror.js';
import { downVms, vmUnit } from './facts.js';

const graceMs = 1_000;
const longestFaultMs = 6_000;
const longestPauseMs = 1_500;

export interface Soak {
  readonly lab: Lab;
  readonly admin: AdminClient;
  readonly mirror: RegistryMirror;
  readonly eventLog: EventLog;
}

/** Makes the call and records its outcome; returns whether it succeeded. */
async function makeCall({ admin, eventLog: eventLog }: Soak, call: Call): Promise<boolean> {
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
  const duration = `${(ms / 1000).toFixed(2)} s`;
  eventLog.write(`${call.text}: ${answer} (${duration})`);
  eventLog.call(call.rpc, outcome, ms);
  if (ms > call.deadlineMs + graceMs) eventLog.difference(`${call.rpc} took ${duration}, longer than its deadline`);
  return outcome === 'OK';
}

/** Boots the VMs that earlier cycles have ended, which has to succeed because no fault is active. */
async function bootVms(soak: Soak): Promise<void> {
  const down = await downVms(soak.lab);
  if (down.includes('admin-vm')) await soak.lab.machine('host').systemctl('restart', vmUnit('admin-vm'));
  const vms = down.filter((vm) => vm !== 'admin-vm');
  const started = await Promise.all(vms.map((vm) => makeCall(soak, startVm(vm))));
  for (const [index, vm] of vms.entries())
    if (!started[index]) soak.eventLog.difference(`${vm} cannot be started while no fault is active`);
}

/** The random choices of a fault that are made beforehand; its kind is chosen when it begins. */
interface Plan {
  readonly delayMs: number;
  readonly lastsMs: number;
  readonly random: Random;
}

async function injectFault(
  soak: Soak,
  { delayMs, lastsMs, random }: Plan,
  spared: readonly MachineName[],
): Promise<void> {
  await setTimeout(delayMs);
  const { lab, eventLog: eventLog, mirror } = soak;
  const fault = chooseFault({ lab, random, applications: mirror.applications('chrome-vm'), spared });
  eventLog.fault(fault.kind, fault.lasts ? `${fault.text} for ${(lastsMs / 1000).toFixed(1)} s` : fault.text);
  try {
    await fault.do();
    if (!fault.undo) return;
    await setTimeout(lastsMs);
    eventLog.write(`${fault.text}: over`);
    await fault.undo();
  } catch (error) {
    // Another fault has come first: a machine that is down has neither a cable nor programs.
    eventLog.write(`${fault.text}: not possible now: ${messageOf(error).split('\n')[0]}`);
  }
}

async function call(soak: Soak, random: Random, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await makeCall(soak, chooseCall(random, soak.mirror.applications('chrome-vm')));
    await setTimeout(random.between(0, longestPauseMs), undefined, { signal: over }).catch(() => undefined);
  }
}

/**
 * Injects one to three faults, and makes calls meanwhile. Resolves when the faults are undone and all calls are
 * answered.
 */
export async function runCycle(soak: Soak, random: Random, spared: readonly MachineName[]): Promise<void> {
  await bootVms(soak);
  const over = new AbortController();
  const callers = Array.from({ length: random.between(2, 4) }, () => call(soak, random.branch(), over.signal));
  const atOnce = random.next() < 0.5;
  const plans = Array.from({ length: random.between(1, 3) }, () => ({
    delayMs: atOnce ? 0 : random.between(0, longestFaultMs),
    lastsMs: random.between(0, longestFaultMs),
    random: random.branch(),
  }));
  await Promise.all(plans.map((plan) => injectFault(soak, plan, spared)));
  over.abort();
  await Promise.all(callers);
}
