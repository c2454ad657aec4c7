import { GivcError } from '@givc/model';
import { StandInAgents } from '../agents/agents.fixture.js';
import { agentEntry, newRegistry, unitEntry } from '../registry/registry.fixture.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { CtapService } from './ctap.service.js';

const request = { Req: 'ctap.GetInfo', Args: [], Payload: Buffer.alloc(0) };
const answer = { Output: Buffer.from('info') };
const notServed = new GivcError('FAILED_PRECONDITION', 'not offered', { cause: new GivcError('UNIMPLEMENTED', 'no') });

describe('what is asked of a security key', () => {
  let store: RegistryStore;
  let agents: StandInAgents;
  let keys: CtapService;
  /** The machines that serve it. */
  let serving: Set<string>;

  beforeEach(() => {
    ({ store } = newRegistry());
    serving = new Set();
    agents = new StandInAgents(() => new Promise(() => undefined));
    agents.answerCall = ({ vm }) => (serving.has(vm) ? Promise.resolve(answer) : Promise.reject(notServed));
    keys = new CtapService(store, agents.connections);
  });

  const { signal } = new AbortController();
  const ask = () => keys.ask(request, signal);
  const asked = () => agents.calls.map(({ vm }) => vm);
  const add = (...names: string[]) => names.forEach((name) => store.put(agentEntry(name)));

  it('waits 290 s for a person, or until the caller hangs up', async () => {
    add('gui-vm');
    serving.add('gui-vm');
    expect(await ask()).toBe(answer);
    expect(agents.calls).toEqual([
      {
        ...{ vm: 'gui-vm', path: '/ctap.Ctap/Ctap', request },
        settings: { deadlineMs: 290_000, signal, enabledBy: 'capabilities.ctap.enable' },
      },
    ]);
  });

  it('is for gui-vm alone when there is one, also when it does not serve it', async () => {
    add('net-vm', 'gui-vm', 'usb-vm');
    serving.add('usb-vm');
    await expect(ask()).rejects.toBe(notServed);
    expect(asked()).toEqual(['gui-vm']);
  });

  it('is for the first agent that serves it without gui-vm, which is asked first from then on', async () => {
    store.put(unitEntry('other-vm', 'web.service'));
    add('net-vm', 'usb-vm', 'key-vm');
    for (const vm of ['usb-vm', 'key-vm']) serving.add(vm);
    await ask();
    await ask();
    expect(asked()).toEqual(['net-vm', 'usb-vm', 'usb-vm']);
    serving.delete('usb-vm');
    await ask();
    expect(asked().slice(3)).toEqual(['usb-vm', 'net-vm', 'key-vm']);
  });

  it('is not done again elsewhere when an agent has failed at it', async () => {
    add('net-vm', 'usb-vm');
    serving.add('usb-vm');
    const failed = new GivcError('UNAVAILABLE', 'gone', { cause: new GivcError('UNAVAILABLE', 'gone') });
    agents.answerCall = () => Promise.reject(failed);
    await expect(ask()).rejects.toBe(failed);
    expect(asked()).toEqual(['net-vm']);
  });

  it('says why its one agent does not serve it', async () => {
    add('net-vm');
    await expect(ask()).rejects.toBe(notServed);
  });

  it.each([[[]], [['net-vm', 'usb-vm']]])('is refused when none serves it, of %j', async (names) => {
    add(...names);
    await expect(ask()).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: 'no agent serves security keys: capabilities.ctap.enable of gui-vm enables it',
    });
  });

  it('is for no agent that cannot be reached', async () => {
    add('net-vm', 'usb-vm');
    serving.add('usb-vm');
    agents.isReachable = false;
    await expect(ask()).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    expect(asked()).toEqual([]);
  });
});
