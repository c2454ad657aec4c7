// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { awaitAgreement, silentAgents, tableOf, type Views } from '../model/agreement.js';
import { rowsOf } from '../model/watched-registry.js';
import { Calls } from './calls.js';
import { agentUnit } from './machines/layout.js';
import { Performer } from './plan/perform.js';
import type { Plan } from './plan/generate.js';
import { Watchers } from './plan/watchers.js';
import { AnswersRule } from './rules/answers.js';
import { CallsRule } from './rules/calls-rule.js';
import { HistoryRule } from './rules/history-rule.js';
import { PresenceRule } from './rules/presence.js';
import { OrderRule } from './rules/order.js';
import { RecoveryRule } from './rules/recovery.js';
import { RestoredRule } from './rules/restored.js';
import type { Violation } from './rules/rule.js';
import { World } from './world.js';

export interface Outcome {
  readonly violation: Violation | undefined;
  /** A hash of all events. */
  readonly hash: string;
  readonly lines: readonly string[];
  readonly steps: number;
  /** Virtual time in milliseconds. */
  readonly endedAt: number;
}

/** The maximum duration of a call when no fault is active: a VM boots, and the admin waits for it once more. */
const answeredMs = 70_000;
const mostAttempts = 4;
/** An attempt to connect takes 2 s, and the pause after it at most 1 s. */
const attemptMs = 3_000;
/** The time that a watcher may need to read what was sent to it. */
const readMs = 20_000;
/** The interval of the check whether all machines are up, and the limit for it. */
const [lookMs, upMs] = [200, 90_000];

/** Performs the plan, and then compares the registry with the expected state. */
class Run {
  readonly world: World;
  isOver = false;
  #calls!: Calls;
  #watchers!: Watchers;
  #performer!: Performer;
  #history: HistoryRule;
  #left: number;

  constructor(
    seed: number,
    private readonly plan: Plan,
  ) {
    this.world = new World(seed, plan.settings);
    this.#left = plan.actions.length;
    this.#history = new HistoryRule(this.world);
    this.world.observe(this.#history);
  }

  begin(): void {
    const { world, plan } = this;
    world.begin();
    world.scheduler.after(0, () => world.caller.perform('io', 'begins', () => this.#prepare()));
    for (const { id, atMs, action } of plan.actions)
      world.scheduler.after(atMs, () => {
        this.#left--;
        world.scheduler.log.add(world.scheduler.now, 'plan', `${id} ${action.kind}`);
        return this.#performer.perform(action);
      });
    const untilMs = upMs + (plan.actions.at(-1)?.atMs ?? 0);
    world.scheduler.after(lookMs, () => this.#look(untilMs));
  }

  #prepare(): void {
    const { world } = this;
    this.#calls = new Calls(world, world.client());
    this.#watchers = new Watchers(world, this.#calls.client);
    const presence = new PresenceRule(world);
    const restored = new RestoredRule(world);
    for (const rule of [presence, restored, new OrderRule(world), new RecoveryRule(world), new CallsRule(world)])
      world.observe(rule);
    world.observe(new AnswersRule(world, this.#calls));
    this.#performer = new Performer({
      world,
      calls: this.#calls,
      watchers: this.#watchers,
      presence,
      restored,
    });
  }

  /** Waits until the plan is over, no fault is active, and each running machine has its agent. */
  #look(untilMs: number): void {
    const { scheduler, machines, admin } = this.world;
    const isCalm =
      this.#left === 0 &&
      this.#performer.open === 0 &&
      admin.isReachable &&
      [...machines.values()].every((machine) => !machine.isUp || machine.isReachable);
    if (isCalm || scheduler.now > untilMs) {
      this.world.caller.perform('io', 'looks', () => void this.#quiet());
      return;
    }
    scheduler.after(lookMs, () => this.#look(untilMs));
  }

  async #quiet(): Promise<void> {
    const { world } = this;
    await this.#connected();
    const outcome = await awaitAgreement({
      read: () => this.#views(),
      changed: (ms) => this.#watchers.main.changed(ms),
    });
    if (!outcome.agreed) world.violate('the registry is right once quiet', `\n${tableOf(outcome.views)}`);
    else {
      await this.#watched();
      await this.#probe();
      await this.#answered();
      await this.#history.check(this.#calls.client);
    }
    this.isOver = true;
  }

  /** A connection to an admin that has vanished is given up after a timeout. */
  async #connected(): Promise<void> {
    for (let attempts = 0; attempts < mostAttempts; attempts++)
      if (await this.#calls.list().then(Boolean, () => false)) return;
  }

  async #views(): Promise<Views> {
    const { world } = this;
    const [facts, queried] = await Promise.all([
      world.expectedRows(),
      Promise.all([this.#calls.list(), this.#calls.client.listMachines()]).then(
        ([list, { machines }]) => [...rowsOf(list), ...(world.settings.servesReports ? silentAgents(machines) : [])],
        (error: unknown) => [`? ${String(error)}`],
      ),
    ]);
    return { expected: facts, watched: this.#watchers.main.rows, queried };
  }

  /** Requires the expected state of slow readers, too. */
  async #watched(): Promise<void> {
    const { world } = this;
    const until = world.scheduler.now + readMs;
    for (;;) {
      const expected = (await world.expectedRows()).join('\n');
      const wrong = this.#watchers.others.filter((rows) => rows.join('\n') !== expected);
      if (wrong.length === 0) return;
      if (world.scheduler.now > until)
        return world.violate('every watcher knows what is true', `${wrong[0]!.join('\n')}\ninstead of\n${expected}`);
      await this.#watchers.main.changed(lookMs);
    }
  }

  /** Requires that every running agent remains reachable, once attempts to connect that began before are over. */
  async #probe(): Promise<void> {
    const { world } = this;
    const reachable = [...world.machines.values()].filter(({ isReachable }) => isReachable);
    const boots = reachable.map((machine) => ({ machine, boot: machine.card.boot }));
    await new Promise((resolve) => setTimeout(resolve, attemptMs));
    for (const { machine, boot } of boots) {
      if (!machine.isReachable || machine.card.boot !== boot) continue;
      const call = { rpc: 'GetUnitStatus', subject: agentUnit(machine.name), machine: machine.name } as const;
      const { outcome, message } = await this.#calls.make(call);
      if (outcome !== 'OK' && machine.isReachable && machine.card.boot === boot)
        world.violate('every agent can be called once quiet', `${machine.name}: ${outcome}: ${message}`);
    }
  }

  /** Requires that every call ends. */
  async #answered(): Promise<void> {
    const { scheduler, admins } = this.world;
    const until = scheduler.now + answeredMs;
    const open = () => [...this.#calls.open].filter(({ admin }) => admin === admins);
    while (open().length > 0 && scheduler.now < until) await new Promise((resolve) => setTimeout(resolve, lookMs));
    for (const call of open())
      this.world.violate('every call is answered', `${call.rpc} ${call.subject} since ${call.startedAt.toFixed(0)} ms`);
  }
}

/** One run of a plan: the same seed and plan give the same outcome. */
export async function run(seed: number, plan: Plan): Promise<Outcome> {
  const one = new Run(seed, plan);
  const { world } = one;
  const { scheduler } = world;
  const onRejection = (error: unknown): void => world.onError('unknown', error);
  process.on('unhandledRejection', onRejection);
  try {
    one.begin();
    await scheduler.run(3_600_000, () => one.isOver || world.violation !== undefined);
    if (!one.isOver && !world.violation) world.violate('the run ends', 'nothing happens any more');
  } finally {
    process.off('unhandledRejection', onRejection);
    world.end();
  }
  const { log, steps, now } = scheduler;
  return { violation: world.violation, hash: log.hash, lines: log.lines, steps, endedAt: now };
}
