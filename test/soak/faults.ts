import { setTimeout } from 'node:timers/promises';
import { type Lab } from '../lab/lab.js';
import { type MachineName } from '../lab/plan.js';
import { output } from '../lab/run.js';
import { tell } from './journal.js';
import { type Random } from './random.js';

interface Fault {
  /** What it does, for whoever reads along. */
  readonly what: string;
  /** Ends the process of a daemon, so that its memory says nothing about the time before. */
  readonly endsAdmin?: boolean;
  run(lab: Lab, random: Random): Promise<void>;
}

/** Lasts for up to six seconds. */
const aWhile = (random: Random): Promise<void> => setTimeout(random.below(6_000));

const kill = (name: MachineName): Fault => ({
  what: `kill the program of ${name}`,
  endsAdmin: name === 'admin-vm',
  run: (lab) => lab.machine(name).signalProgram('KILL'),
});

const hang = (name: MachineName): Fault => ({
  what: `stop the program of ${name} for a while`,
  run: async (lab, random) => {
    await lab.machine(name).signalProgram('STOP');
    await aWhile(random);
    await lab.machine(name).signalProgram('CONT');
  },
});

const cut = (name: MachineName): Fault => ({
  what: `pull the cable of ${name} for a while`,
  run: async (lab, random) => {
    await lab.machine(name).disconnect();
    await aWhile(random);
    await lab.machine(name).reconnect();
  },
});

const crash = (name: MachineName): Fault => ({
  what: `crash ${name}`,
  endsAdmin: name === 'admin-vm',
  run: async (lab) => {
    await lab.machine(name).crash();
    // The admin looks after system VMs; nobody else looks after it.
    if (name !== 'admin-vm') return;
    const unit = 'microvm@admin-vm.service';
    const host = lab.machine('host');
    await output(host.enter(['sh', '-c', `while systemctl is-active -q ${unit}; do sleep 0.05; done`]));
    await host.systemctl('start', unit);
  },
});

const switchOff = (name: MachineName): Fault => ({
  what: `switch ${name} off`,
  run: async (lab) => void (await lab.machine(name).run(['systemctl', 'poweroff'])),
});

const reexec = (name: MachineName): Fault => ({
  what: `execute systemd of ${name} anew`,
  run: async (lab) => void (await lab.machine(name).run(['systemctl', 'daemon-reexec'])),
});

const dies: Fault = {
  what: 'a unit of net-vm dies by itself',
  // Without a reader the fifo would keep the writer waiting.
  run: async (lab) => void (await lab.machine('net-vm').run(['timeout', '2', 'sh', '-c', 'echo > /run/fragile'])),
};

const applicationCrashes: Fault = {
  what: 'an application crashes',
  run: async (lab) => void (await lab.machine('chrome-vm').run(['pkill', '-SEGV', '-n', 'sleep'])),
};

/** gui-vm keeps its agent, so that one agent's memory is told over the whole time. */
const faults: readonly Fault[] = [
  ...(['net-vm', 'chrome-vm', 'host', 'admin-vm'] as const).map(kill),
  ...(['net-vm', 'chrome-vm', 'gui-vm', 'host', 'admin-vm'] as const).map(hang),
  ...(['net-vm', 'chrome-vm', 'gui-vm'] as const).map(cut),
  ...(['net-vm', 'chrome-vm', 'admin-vm'] as const).map(crash),
  ...(['net-vm', 'chrome-vm'] as const).map(switchOff),
  ...(['net-vm', 'gui-vm'] as const).map(reexec),
  dies,
  applicationCrashes,
];

/** One to three faults side by side; what cannot be done because its machine is down has no effect. */
export async function breakThings(lab: Lab, random: Random, spareAdmin: boolean): Promise<void> {
  const possible = faults.filter(({ endsAdmin }) => !(endsAdmin && spareAdmin));
  const chosen = new Set(Array.from({ length: 1 + random.below(3) }, () => random.of(possible)));
  await Promise.all(
    [...chosen].map(async (fault) => {
      tell(fault.what);
      await fault.run(lab, random).catch((error: unknown) => tell(`  which was not possible: ${firstLine(error)}`));
    }),
  );
}

export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 160);
