// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Lab } from '../lab/lab.js';
import { machineNames, user, type MachineName } from '../lab/plan.js';
import { type Outcome } from '../lab/run.js';
import { freeze } from '../lab/suspend.js';
import { type Random } from '../model/random.js';
import { vmUnit } from './facts.js';

/** A fault that can be injected: what it is, and how it is undone if it does not end by itself. */
export interface Fault {
  readonly kind: string;
  readonly text: string;
  readonly lasts: boolean;
  do(): Promise<unknown>;
  undo?(): Promise<unknown>;
}

/** The possible choices of a fault. */
export interface FaultContext {
  readonly lab: Lab;
  readonly random: Random;
  /** The applications that run in chrome-vm. */
  readonly applications: readonly string[];
  /** The machines whose daemons must not be ended, so that their memory can be compared. */
  readonly spared: readonly MachineName[];
}

type Choice = (context: FaultContext) => Fault | undefined;

// gui-vm's agent is never ended, so that one process sees the whole run.
const agents = ['host', 'net-vm', 'gui-vm', 'chrome-vm'] as const;
const endable = ['host', 'net-vm', 'chrome-vm'] as const;
const vms = ['net-vm', 'chrome-vm'] as const;
const cables = [...agents, 'admin-vm'] as const;

async function succeed(outcome: Promise<Outcome>): Promise<void> {
  const { status, stderr } = await outcome;
  if (status !== 0) throw new Error(stderr.trim() || `status ${status}`);
}

const instant = (kind: string, text: string, work: () => Promise<unknown>): Fault => ({
  kind,
  text,
  lasts: false,
  do: work,
});

const killAgent: Choice = ({ lab, random, spared }) => {
  const name = random.pick(endable);
  if (spared.includes(name)) return undefined;
  return instant('agent killed', `kill the agent of ${name}`, () => lab.machine(name).signalProgram('KILL'));
};

const hangAgent: Choice = ({ lab, random }) => {
  const name = random.pick(agents);
  const machine = lab.machine(name);
  return {
    kind: 'agent hung',
    text: `hang the agent of ${name}`,
    lasts: true,
    do: () => machine.signalProgram('STOP'),
    undo: () => machine.signalProgram('CONT'),
  };
};

/** The suspend of all machines, as when a lid is closed, or of one guest. */
const sleep: Choice = ({ random }) => {
  const machines = random.next() < 0.5 ? machineNames : [random.pick(cables)];
  let thaw = () => {};
  return {
    kind: 'suspend',
    text: machines === machineNames ? 'suspend all machines' : `suspend ${machines.join()}`,
    lasts: true,
    do: async () => (thaw = await freeze(machines)),
    undo: () => Promise.resolve(thaw()),
  };
};

const cut: Choice = ({ lab, random }) => {
  const name: MachineName = random.pick(cables);
  const machine = lab.machine(name);
  return {
    kind: 'machine cut off',
    text: `cut ${name}`,
    lasts: true,
    do: () => machine.disconnect(),
    undo: () => machine.reconnect(),
  };
};

const killVm: Choice = ({ lab, random }) => {
  const name = random.pick(vms);
  return instant('VM killed', `kill ${name}`, () => lab.machine(name).crash());
};

const powerOff: Choice = ({ lab, random }) => {
  const name = random.pick(vms);
  return instant('VM powered off', `power ${name} off`, () =>
    succeed(lab.machine('host').systemctl('stop', vmUnit(name))),
  );
};

const endApplication: Choice = ({ lab, random, applications }) => {
  const [first, ...more] = applications;
  if (first === undefined) return undefined;
  const unit = random.pick([first, ...more]);
  const machine = lab.machine('chrome-vm');
  // The application that reads from the pipe ends. Without a reader the shell would wait for one.
  const answer = ['timeout', '1', 'sh', '-c', 'echo > /tmp/dialog'];
  return instant('application ended', `end ${unit}`, () =>
    unit.startsWith('dialog@')
      ? succeed(machine.run(answer))
      : succeed(machine.systemctl('kill', '--signal=TERM', unit)),
  );
};

const crashApplication: Choice = ({ lab, random, applications }) => {
  const [first, ...more] = applications;
  if (first === undefined) return undefined;
  const unit = random.pick([first, ...more]);
  return instant('application crashed', `crash ${unit}`, () =>
    succeed(lab.machine('chrome-vm').systemctl('kill', '--signal=KILL', unit)),
  );
};

const endService: Choice = ({ lab }) =>
  instant('service died', 'let fragile.service in net-vm die', () =>
    succeed(lab.machine('net-vm').run(['timeout', '1', 'sh', '-c', 'echo > /run/fragile'])),
  );

const killAdmin: Choice = ({ lab, spared }) =>
  spared.includes('admin-vm')
    ? undefined
    : instant('admin killed', 'kill the admin', () => lab.machine('admin-vm').signalProgram('KILL'));

const crashAdmin: Choice = ({ lab, spared }) =>
  spared.includes('admin-vm')
    ? undefined
    : {
        kind: "admin's machine crashed",
        text: 'crash admin-vm',
        lasts: true,
        do: () => lab.machine('admin-vm').crash(),
        // systemd may not have noticed the crash yet, and would start nothing.
        undo: () => succeed(lab.machine('host').systemctl('restart', vmUnit('admin-vm'))),
      };

const restartHostAgent: Choice = ({ lab, spared }) => {
  if (spared.includes('host')) return undefined;
  const host = lab.machine('host');
  return instant("host's agent restarted", 'restart the agent of host', () =>
    succeed(host.systemctl('restart', host.program)),
  );
};

const reexecute: Choice = ({ lab, random }) => {
  const name = random.pick(agents);
  const manager = name === 'chrome-vm' ? `the user manager of ${user.name} in chrome-vm` : `systemd in ${name}`;
  return instant('systemd restarted', `re-execute ${manager}`, () =>
    succeed(lab.machine(name).systemctl('daemon-reexec')),
  );
};

// Not in machines whose agent must not end, because it may end with its bus.
const restartBus: Choice = ({ lab, random }) => {
  const name = random.pick(['host', 'net-vm'] as const);
  return instant('D-Bus restarted', `restart D-Bus in ${name}`, () =>
    succeed(lab.machine(name).systemctl('restart', 'dbus.service')),
  );
};

const choices: readonly [Choice, ...Choice[]] = [
  killAgent,
  hangAgent,
  sleep,
  cut,
  killVm,
  powerOff,
  endApplication,
  crashApplication,
  endService,
  killAdmin,
  crashAdmin,
  restartHostAgent,
  reexecute,
  restartBus,
];

/** A random fault of those that are possible now. */
export function chooseFault(context: FaultContext): Fault {
  for (;;) {
    const fault = context.random.pick(choices)(context);
    if (fault) return fault;
  }
}
