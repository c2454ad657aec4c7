// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Random } from '../../model/random.js';
import type { PlannedCall } from '../calls.js';
import { adminVm, agentsOf, vmUnit, type AgentPlan } from '../machines/layout.js';
import type { RunSettings } from '../machines/environment.js';
import { claims, type Action, type PlannedAction } from './action.js';

export interface Plan {
  readonly settings: RunSettings;
  readonly actions: readonly PlannedAction[];
}

interface Scene {
  readonly random: Random;
  readonly agents: readonly AgentPlan[];
  readonly vms: readonly AgentPlan[];
}

type Choice = (scene: Scene) => Action | undefined;

const oneOf = <T>(random: Random, choices: readonly T[]): T => random.pick(choices as [T, ...T[]]);

/** A duration that is short or long, but rarely in between. */
const duration = (random: Random): number =>
  Math.round(random.next() < 0.5 ? 2_000 * random.next() : 18_000 * random.next());

const anAgent = ({ random, agents }: Scene): string => oneOf(random, agents).name;
const aVm = ({ random, vms }: Scene): string => oneOf(random, vms).name;

function aService({ random, agents }: Scene): { readonly machine: string; readonly subject: string } {
  const machine = oneOf(
    random,
    agents.filter(({ services }) => services.length > 0),
  );
  return { machine: machine.name, subject: oneOf(random, machine.services) };
}

function anApplication({ random, vms }: Scene): { readonly machine: string; readonly subject: string } | undefined {
  const machines = vms.filter(({ applications }) => applications.length > 0);
  if (machines.length === 0) return undefined;
  const machine = oneOf(random, machines);
  return { machine: machine.name, subject: oneOf(random, machine.applications) };
}

const call = (planned: PlannedCall | undefined): Action | undefined => planned && { kind: 'call', call: planned };
const instanceCall =
  (rpc: PlannedCall['rpc']): Choice =>
  (scene) => {
    const application = anApplication(scene);
    return application && { kind: 'instance call', rpc, machine: application.machine, nth: scene.random.between(0, 3) };
  };

const calls: readonly Choice[] = [
  () => call({ rpc: 'QueryList', subject: '' }),
  (scene) => call({ rpc: 'GetUnitStatus', ...aService(scene) }),
  (scene) => call({ rpc: 'StartService', ...aService(scene) }),
  (scene) => call({ rpc: 'StopService', ...aService(scene) }),
  (scene) => {
    const application = anApplication(scene);
    return application && call({ rpc: 'StartApplication', ...application });
  },
  instanceCall('StopApplication'),
  instanceCall('PauseApplication'),
  instanceCall('ResumeApplication'),
  (scene) => call({ rpc: 'StartVM', subject: aVm(scene) }),
  (scene) => call({ rpc: 'StartService', machine: 'host', subject: vmUnit(aVm(scene)) }),
  (scene) => call({ rpc: 'StopService', machine: 'host', subject: vmUnit(aVm(scene)) }),
  ({ random }) => ({
    kind: 'watch',
    ms: duration(random) + 1_000,
    pauseMs: random.next() < 0.5 ? 0 : 1_500 * random.next(),
  }),
];

const ofUnits: readonly Choice[] = (['unit crashes', 'unit exits', 'unit starts', 'unit stops'] as const)
  .map((kind): Choice => (scene) => {
    const { machine, subject } = aService(scene);
    return { kind, machine, unit: subject };
  })
  .concat(
    (['instance crashes', 'instance exits'] as const).map((kind): Choice => (scene) => {
      const application = anApplication(scene);
      return application && { kind, machine: application.machine, nth: scene.random.between(0, 3) };
    }),
  );

const ofVms: readonly Choice[] = [
  (scene) => ({
    kind: 'VM crashes',
    machine: aVm(scene),
    times: scene.random.between(1, 5),
    afterMs: 4_000 * scene.random.next(),
  }),
  (scene) => ({ kind: 'VM crashes', machine: aVm(scene), times: 1, afterMs: 0 }),
  (scene) => ({ kind: 'VM stops', machine: aVm(scene) }),
  (scene) => ({ kind: 'VM stops badly', machine: aVm(scene) }),
  (scene) => ({ kind: 'VM starts', machine: aVm(scene) }),
];

const ofAgents: readonly Choice[] = [
  (scene) => ({ kind: 'agent killed', machine: anAgent(scene) }),
  (scene) => ({ kind: 'agent stopped', machine: anAgent(scene) }),
  (scene) => ({ kind: 'agent hung', machine: anAgent(scene), ms: duration(scene.random) }),
  (scene) => ({ kind: 'units change while the agent starts', machine: anAgent(scene) }),
  (scene) => ({ kind: 'bus away', machine: anAgent(scene), ms: duration(scene.random) / 4 }),
];

const ofNetwork: readonly Choice[] = [
  (scene) => ({ kind: 'machine cut off', machine: anAgent(scene), ms: duration(scene.random) }),
  ({ random }) => ({ kind: 'admin cut off', ms: duration(random) }),
  (scene) => ({ kind: 'connections broken', machine: anAgent(scene) }),
  (scene) => ({
    ...{ kind: 'reports reset', machine: anAgent(scene) },
    ...{ times: scene.random.between(1, 9), everyMs: 500 + 1_500 * scene.random.next() },
  }),
];

const ofAdmin: readonly Choice[] = [
  ({ random }) => ({ kind: 'admin killed', ms: duration(random) / 3 }),
  ({ random }) => ({ kind: 'admin stopped', ms: duration(random) / 3 }),
  ({ random }) => ({ kind: "admin's machine crashes", ms: duration(random) / 2 }),
  ({ random }) => ({ kind: 'admin hung', ms: duration(random) }),
  ({ random }) => ({ kind: 'disk full', ms: duration(random) }),
];

const ofSleep: readonly Choice[] = [
  (scene) => ({ kind: 'machine sleeps', machine: anAgent(scene), ms: duration(scene.random) * 2 }),
  ({ random }) => ({ kind: 'all sleep', ms: duration(random) * 4 }),
  ({ random }) => ({ kind: 'all frozen', ms: duration(random) * 4 }),
];

const impostors: readonly Choice[] = [
  (scene) => ({ kind: 'impostor', machine: aVm(scene), claim: oneOf(scene.random, claims) }),
];

/** The kinds of faults, by their names in `--faults`. */
export const faultKinds: Readonly<Record<string, readonly Choice[]>> = {
  units: ofUnits,
  vms: ofVms,
  agents: ofAgents,
  network: ofNetwork,
  admin: ofAdmin,
  sleep: ofSleep,
  impostors,
};

const [longMs, longHeartbeatMs, restMs] = [25_000, 60_000, 11 * 60_000];

function settingsOf(random: Random): RunSettings {
  const [guiVm, chromeVm] = [random.next() < 0.4, random.next() < 0.6];
  const down = [
    ...(guiVm && random.next() < 0.2 ? ['gui-vm'] : []),
    ...(chromeVm && random.next() < 0.4 ? ['chrome-vm'] : []),
  ];
  const names = [adminVm, ...agentsOf({ guiVm, chromeVm }).map(({ name }) => name)];
  const settings = {
    ...{ guiVm, chromeVm, down },
    servesReports: random.next() < 0.88,
    olderReports: random.next() < 0.3 ? names.filter(() => random.next() < 0.5) : [],
    heartbeatMs: random.next() < 0.3 ? 1_000 : 3_000,
    slowBus: random.next() < 0.2,
    window: random.next() < 0.6 ? 65_535 : random.between(100, 600),
    pace: oneOf(random, [0.5, 1, 1, 3]),
  };
  // Two of the slowest packets take longer than the silence that an agent with the shorter interval may have.
  return settings.pace > 1 ? { ...settings, heartbeatMs: 3_000 } : settings;
}

/** A random subset of the choices for each run, so that the same kinds of faults overlap. */
const someOf = (random: Random, choices: readonly Choice[], share: number): Choice[] =>
  choices.filter(() => random.next() < share);

/**
 * A plan of crashes, more than ten minutes without a fault, and another crash. It has nothing else, so that it costs
 * little.
 */
function recoveryPlan(random: Random, settings: RunSettings): Plan {
  const crash = (id: number, atMs: number): PlannedAction => ({
    ...{ id, atMs },
    action: { kind: 'VM crashes', machine: 'net-vm', times: random.between(1, 3), afterMs: 3_000 * random.next() },
  });
  return {
    settings: { ...settings, heartbeatMs: longHeartbeatMs, pace: 1, servesReports: true },
    actions: [crash(0, 8_000 + 2_000 * random.next()), crash(1, 60_000 + restMs)],
  };
}

/** The plan of a run; `faults` are the kinds of faults that it may contain. */
export function planOf(random: Random, faults: readonly string[] = Object.keys(faultKinds)): Plan {
  const settings = settingsOf(random);
  if (faults.includes('vms') && random.next() < 0.04) return recoveryPlan(random, settings);
  const agents = agentsOf(settings);
  const scene = { random, agents, vms: agents.filter(({ name }) => name !== 'host') };
  const kinds = faults.filter(() => random.next() < 0.4);
  const chosen = kinds.flatMap((kind) => someOf(random, faultKinds[kind] ?? [], 0.6));
  const called = someOf(random, calls, 0.5);
  const all = [...chosen, ...chosen, ...called];
  if (all.length === 0) return { settings, actions: [] };
  const count = random.between(4, 30);
  const lengthMs = longMs * (0.2 + 0.8 * random.next());
  const startMs = random.next() < 0.2 ? 0 : 6_000 * settings.pace;
  const actions = Array.from({ length: count }, () => ({
    atMs: Math.round(startMs + lengthMs * random.next()),
    action: oneOf(random, all)(scene),
  }));
  // Concurrent actions are the ones that interfere.
  const meeting = random.next() < 0.5 ? random.next() : 0;
  for (const [index, one] of actions.entries())
    if (index > 0 && random.next() < meeting) one.atMs = actions[index - 1]!.atMs + Math.round(20 * random.next());
  return {
    settings,
    actions: actions
      .filter((one): one is { atMs: number; action: Action } => one.action !== undefined)
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ atMs, action }, id) => ({ id, atMs, action })),
  };
}
