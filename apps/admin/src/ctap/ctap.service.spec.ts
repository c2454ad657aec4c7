// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, type VmName } from '@givc/model';
import { FakeAgents } from '../agents/agents.fixture.js';
import { agentEntry, newRegistry, unitEntry } from '../registry/registry.fixture.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { CtapService } from './ctap.service.js';

const request = { Req: 'ctap.GetInfo', Args: [], Payload: Buffer.alloc(0) };
const answer = { Output: Buffer.from('info') };
const notServed = new GivcError('FAILED_PRECONDITION', 'not offered', { cause: new GivcError('UNIMPLEMENTED', 'no') });

describe('a request to a security key', () => {
  let store: RegistryStore;
  let agents: FakeAgents;
  let keys: CtapService;
  /** The machines that serve it. */
  let serving: Set<string>;

  beforeEach(() => {
    ({ store } = newRegistry());
    serving = new Set();
    agents = new FakeAgents(() => new Promise(() => undefined));
    agents.answerCall = ({ vm }) => (serving.has(vm) ? Promise.resolve(answer) : Promise.reject(notServed));
    keys = keysOf('gui-vm');
  });

  const keysOf = (name: string) => new CtapService({ ctapVm: name as VmName }, store, agents.connections);
  const { signal } = new AbortController();
  const ask = (caller = 'chrome-vm') => keys.ask(request, { caller, signal });
  const asked = () => agents.calls.map(({ vm }) => vm);
  const add = (...names: string[]) => names.forEach((name) => store.put(agentEntry(name)));

  it('waits up to 290 s for a person, and ends when the caller hangs up', async () => {
    add('gui-vm');
    serving.add('gui-vm');
    expect(await ask()).toBe(answer);
    expect(agents.calls).toEqual([
      {
        vm: 'gui-vm',
        path: '/ctap.Ctap/Ctap',
        request,
        settings: { deadlineMs: 290_000, signal: expect.any(AbortSignal), enabledBy: 'capabilities.ctap.enable' },
      },
    ]);
  });

  it('is served one at a time, by callers in rotation, with at most eight open for one caller', async () => {
    add('gui-vm');
    const answers: (() => void)[] = [];
    agents.answerCall = () => new Promise((resolve) => answers.push(() => resolve(answer)));
    const order: string[] = [];
    const asking = [...Array<string>(8).fill('evil-vm'), 'chrome-vm'].map((caller) =>
      ask(caller).then(() => order.push(caller)),
    );
    await expect(ask('evil-vm')).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: 'the security key: 8 calls of one caller may be open; try again later',
    });
    for (const [index, each] of [0, 8, 1].entries()) {
      while (answers.length <= index) await new Promise<void>((resolve) => setImmediate(resolve));
      expect(answers).toHaveLength(index + 1);
      answers[index]!();
      await asking[each];
    }
    expect(order.slice(0, 2)).toEqual(['evil-vm', 'chrome-vm']);
  });

  it('is sent to gui-vm alone, even when gui-vm does not serve security keys', async () => {
    add('evil-vm', 'gui-vm');
    serving.add('evil-vm');
    await expect(ask()).rejects.toBe(notServed);
    expect(asked()).toEqual(['gui-vm']);
  });

  it('is sent only to the machine that the configuration names', async () => {
    keys = keysOf('usb-vm');
    add('evil-vm', 'gui-vm', 'usb-vm');
    for (const vm of ['evil-vm', 'gui-vm', 'usb-vm']) serving.add(vm);
    expect(await ask()).toBe(answer);
    expect(asked()).toEqual(['usb-vm']);
  });

  it('fails while that machine has no agent, with an error that names the setting', async () => {
    store.put(unitEntry('gui-vm', 'web.service'));
    add('evil-vm', 'net-vm');
    serving.add('evil-vm');
    await expect(ask()).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message:
        'gui-vm, which --ctap-vm (GIVC_CTAP_VM) names, has no agent: capabilities.ctap.enable of gui-vm enables security keys',
    });
    expect(asked()).toEqual([]);
  });

  it('is not repeated when the agent has failed', async () => {
    add('gui-vm');
    const failed = new GivcError('UNAVAILABLE', 'gone', { cause: new GivcError('UNAVAILABLE', 'gone') });
    agents.answerCall = () => Promise.reject(failed);
    await expect(ask()).rejects.toBe(failed);
    expect(asked()).toEqual(['gui-vm']);
  });
});
