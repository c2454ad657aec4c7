// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { GivcError, stoppedStatus } from '@givc/model';
import type { report, resources, ServerCall } from '@givc/rpc';
import { FakeAgents } from '../agents/agents.fixture.js';
import type { MachinesService } from '../liveness/machines.service.js';
import { newRegistry, runningStatus, unitEntry, unitNamed, vmEntry, vmNamed } from '../registry/registry.fixture.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { ResourcesService } from './resources.service.js';

/** A call of a caller that may hang up. */
class FakeCall extends EventEmitter {
  cancelled = false;

  constructor(private readonly address = '10.0.0.1') {
    super();
  }

  getAuthContext(): object {
    return {};
  }

  getPeer(): string {
    return `${this.address}:1`;
  }

  hangUp(): void {
    this.cancelled = true;
    this.emit('cancelled');
  }
}

const usage = { cpu_us: 1, active_us: 2, memory_bytes: 3, tasks: 4, restarts: 5 };
const unit = (name: string): resources.UnitUsage => ({ unit: name, service_type: 'x', vm_status: 'x', usage });
const answer = (...names: string[]) => ({
  machines: [{ vm: 'another-vm', state: 'x', error: 'x', units: names.map(unit) }],
});

describe('the resources of all machines', () => {
  let store: RegistryStore;
  let agents: FakeAgents;
  let machines: Pick<report.Machine, 'name' | 'agent_state' | 'vm_status'>[];
  let service: ResourcesService;

  beforeEach(() => {
    ({ store } = newRegistry());
    agents = new FakeAgents(({ unit }) => Promise.resolve(stoppedStatus(unit)));
    machines = [{ name: 'net-vm', agent_state: 'reporting', vm_status: 'Running' }];
    const list = { list: () => machines } as unknown as MachinesService;
    service = new ResourcesService(store, list, agents.connections);
  });

  const ask = async (vm?: string, call = new FakeCall()) =>
    (await service.usage(vm === undefined ? undefined : vmNamed(vm), call as unknown as ServerCall)).machines;
  const add = (count: number) => {
    for (let n = 0; n < count; n++) machines.push({ name: `vm-${n}`, agent_state: 'reporting', vm_status: 'Running' });
  };

  it('have the units of the registry that run, and nothing else that an agent says', async () => {
    store.put(unitEntry('net-vm', 'web.service'));
    store.put(unitEntry('net-vm', 'unread.service'));
    store.put(unitEntry('net-vm', 'off.service', { status: stoppedStatus(unitNamed('off.service')) }));
    store.put(
      unitEntry('net-vm', 'done.service', { status: runningStatus(unitNamed('done.service'), { SubState: 'exited' }) }),
    );
    store.put(unitEntry('other-vm', 'other.service'));
    agents.answerCall = () => Promise.resolve(answer('web.service', 'off.service', 'other.service', 'evil.service'));
    expect(await ask()).toEqual([
      {
        ...{ vm: 'net-vm', state: 'answered', error: '' },
        units: [
          { unit: 'web.service', service_type: 'Svc', vm_status: 'Running', usage },
          { unit: 'unread.service', service_type: 'Svc', vm_status: 'Running', usage: undefined },
        ],
      },
    ]);
    expect(agents.calls).toMatchObject([
      { vm: 'net-vm', path: '/resources.ResourcesService/GetUsage', settings: { deadlineMs: 4_000 } },
    ]);
  });

  it('have the unit of a VM at the host, whose systemd runs it', async () => {
    machines = [{ name: 'host', agent_state: 'reporting', vm_status: '' }, ...machines];
    const vm = unitNamed('microvm@net-vm.service');
    store.put(vmEntry('net-vm', { status: runningStatus(vm) }));
    agents.answerCall = ({ vm: asked }) => Promise.resolve(asked === 'host' ? answer(vm) : answer());
    expect((await ask()).map(({ vm, units }) => [vm, units.map(({ unit }) => unit)])).toEqual([
      ['host', [vm]],
      ['net-vm', []],
    ]);
  });

  it.each([
    ['none', 'PoweredOff', 'off'],
    ['lost', 'PoweredOff', 'off'],
    ['unconfirmed', 'PoweredOff', 'off'],
    ['none', 'Running', 'no-agent'],
  ])('do not ask a machine whose agent is %s and whose VM is %s: it is %s', async (agent, vm, state) => {
    machines = [{ name: 'net-vm', agent_state: agent, vm_status: vm }];
    expect(await ask()).toMatchObject([{ vm: 'net-vm', state, units: [] }]);
    expect(agents.calls).toEqual([]);
  });

  it.each([
    ['UNAVAILABLE', 'unreachable'],
    ['FAILED_PRECONDITION', 'unsupported'],
    ['PERMISSION_DENIED', 'failed'],
    ['INTERNAL', 'failed'],
  ] as const)('have the units without usage when the agent answers %s: the machine is %s', async (reason, state) => {
    store.put(unitEntry('net-vm', 'web.service'));
    agents.answerCall = () => Promise.reject(new GivcError(reason, 'no'));
    expect(await ask()).toEqual([
      {
        ...{ vm: 'net-vm', state, error: 'no' },
        units: [{ unit: 'web.service', service_type: 'Svc', vm_status: 'Running', usage: undefined }],
      },
    ]);
  });

  it('are those of one machine on request, and of no unknown one', async () => {
    add(2);
    agents.answerCall = () => Promise.resolve({ machines: [] });
    expect((await ask('vm-1')).map(({ vm }) => vm)).toEqual(['vm-1']);
    expect(agents.calls).toHaveLength(1);
    expect(() => service.usage(vmNamed('gone-vm'), new FakeCall() as unknown as ServerCall)).toThrow(
      'VM "gone-vm" is unknown',
    );
  });

  it('are asked of 32 agents at a time, and one that hangs holds up no other', async () => {
    add(40);
    let answerHung!: (value: object) => void;
    const open = new Set<string>();
    let most = 0;
    agents.answerCall = async ({ vm }) => {
      open.add(vm);
      most = Math.max(most, open.size);
      if (vm === 'net-vm') return new Promise((resolve) => (answerHung = resolve));
      await setImmediate();
      open.delete(vm);
      return answer();
    };
    const answered = ask();
    while (open.size !== 1 || agents.calls.length < 41) await setImmediate();
    answerHung(answer());
    expect((await answered).map(({ vm }) => vm)).toEqual(machines.map(({ name }) => name));
    expect(most).toBe(32);
  });

  it('are asked by at most four calls of a caller, and one that hangs up leaves room', async () => {
    const waiting: ((value: object) => void)[] = [];
    agents.answerCall = () => new Promise((resolve) => waiting.push(resolve));
    const calls = Array.from({ length: 4 }, () => new FakeCall());
    const answers = calls.map((call) =>
      ask(undefined, call).then(
        () => 'answered',
        () => 'failed',
      ),
    );
    await setImmediate();
    await expect(ask()).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    for (const call of calls) call.hangUp();
    for (const resolve of waiting.splice(0)) resolve(answer());
    await Promise.all(answers);
    const next = ask();
    await setImmediate();
    waiting[0]!(answer());
    expect(await next).toHaveLength(1);
  });

  it('are not asked of further agents when the caller has hung up', async () => {
    add(40);
    const waiting: ((value: object) => void)[] = [];
    agents.answerCall = () => new Promise((resolve) => waiting.push(resolve));
    const call = new FakeCall();
    const answered = ask(undefined, call);
    await setImmediate();
    call.hangUp();
    for (const resolve of waiting.splice(0)) resolve(answer());
    await expect(answered).rejects.toThrow();
    await setImmediate();
    expect(agents.calls).toHaveLength(32);
  });
});
