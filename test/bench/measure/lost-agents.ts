import { addDropIn, removeDropIn } from '../../lab/drop-in.js';
import { answerOf, signalProgram } from '../../lab/losses.js';
import { programUnit, type MachineName } from '../../lab/plan.js';
import { output } from '../../lab/run.js';
import { type Bench } from '../bench.js';
import { listeningSince, now, timed } from '../clock.js';
import { group, times } from '../measurement.js';

const rounds = 3;
const slow = 'slow.service';

/** A unit of net-vm whose start does not end keeps a call waiting. */
async function killed({ lab, admin, registry }: Bench) {
  const [machine, unit] = [lab.machine('net-vm'), programUnit('net-vm')];
  const taken = { told: [] as number[], call: [] as number[], back: [] as number[] };
  await addDropIn(machine, slow, 'ExecStartPre=', 'ExecStartPre=/usr/bin/sleep infinity');
  for (let round = 0; round < rounds; round++) {
    const [since, started] = [registry.changes.length, Date.now()];
    const answered = answerOf(admin.startService({ VmName: 'net-vm', ServiceName: slow })).then(now);
    await machine.logged(slow, `Starting ${slow}`, { since: started });
    const at = now();
    signalProgram('net-vm', 'SIGKILL');
    taken.told.push((await registry.becomes('net-vm', unit, 'PoweredOff', since)).at - at);
    taken.call.push((await answered) - at);
    const back = (await registry.becomes('net-vm', unit, 'Running', since)).at;
    taken.back.push(back - (await listeningSince(machine)));
    await machine.systemctl('stop', slow);
  }
  await removeDropIn(machine, slow);
  return { agentKilled: times(taken.told), agentKilledCall: times(taken.call), agentBack: times(taken.back) };
}

interface Silence {
  readonly lost: number[];
  readonly back: number[];
  /** What a call takes that comes before the loss is noticed. */
  readonly call: number[];
}

/** Loses a machine without a word until that is noticed, some times. */
async function silences(
  { admin, registry }: Bench,
  vm: MachineName,
  begin: () => unknown,
  end: () => unknown,
): Promise<Silence> {
  const unit = programUnit(vm);
  const taken: Silence = { lost: [], back: [], call: [] };
  for (let round = 0; round < rounds; round++) {
    const [since, at] = [registry.changes.length, now()];
    await begin();
    const early = timed(() => answerOf(admin.getUnitStatus({ VmName: vm, UnitName: unit })));
    taken.lost.push((await registry.becomes(vm, unit, 'PoweredOff', since)).at - at);
    taken.call.push(await early);
    const [lost, over] = [registry.changes.length, now()];
    await end();
    taken.back.push((await registry.becomes(vm, unit, 'Running', lost)).at - over);
  }
  return taken;
}

/** Two machines at once, because each silence is a wait. */
async function silent(bench: Bench) {
  const cable = bench.lab.machine('net-vm');
  const [hung, cut] = await Promise.all([
    silences(
      bench,
      'gui-vm',
      () => signalProgram('gui-vm', 'SIGSTOP'),
      () => signalProgram('gui-vm', 'SIGCONT'),
    ),
    silences(
      bench,
      'net-vm',
      () => cable.disconnect(),
      () => cable.reconnect(),
    ),
  ]);
  return {
    hang: times(hung.lost),
    hangMended: times(hung.back),
    hungCall: times(hung.call),
    cutOff: times(cut.lost),
    cutOffMended: times(cut.back),
  };
}

/** Asks again and again from the moment that systemctl(1) is done. */
async function busRestart({ lab, admin }: Bench) {
  const ask = () => answerOf(admin.getUnitStatus({ VmName: 'net-vm', UnitName: 'web.service' }));
  const taken: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await output(lab.machine('net-vm').enter(['systemctl', 'restart', 'dbus.service']));
    const over = now();
    while ((await ask()).status !== 'OK');
    taken.push(now() - over);
  }
  return { busRestart: times(taken) };
}

export const lostAgents = group(
  [
    ...(['agentKilled', 'agentKilledCall', 'agentBack'] as const),
    ...(['hang', 'hangMended', 'hungCall', 'cutOff', 'cutOffMended', 'busRestart'] as const),
  ],
  async (bench) => ({ ...(await killed(bench)), ...(await silent(bench)), ...(await busRestart(bench)) }),
);
