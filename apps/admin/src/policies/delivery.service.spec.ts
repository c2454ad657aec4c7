// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePolicyName, type PolicyName, type VmName } from '@givc/model';
import type { policyadmin } from '@givc/rpc';
import type { AgentCallSettings } from '../agents/agent-connection.js';
import type { AgentConnections } from '../agents/agent-connections.js';
import { agentEntry, endpointOf, newRegistry, unitEntry, vmNamed } from '../registry/registry.fixture.js';
import { keyOf } from '../registry/registry-entry.js';
import type { PresenceService } from '../presence/presence.service.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { DeliveryService } from './delivery.service.js';
import { readPoliciesConfig } from './policies.config.js';
import type { PolicyStore, StoredPolicy } from './policy-store.js';

const firewall = parsePolicyName('name', 'firewall');
const [netVm, guiVm] = [vmNamed('net-vm'), vmNamed('gui-vm')];

describe('the delivery of policies', () => {
  let folder: string;
  let delivery: DeliveryService;
  let create: () => void;
  let registry: RegistryStore;
  let stored: Map<PolicyName, StoredPolicy>;
  let presence: PresenceService;
  const registered = (...agent: Parameters<typeof agentEntry>) => presence.addAgent(agentEntry(...agent), 'registered');
  let announce: (policy: StoredPolicy) => void;
  let calls: { vm: VmName; messages: policyadmin.StreamPolicyRequest[]; settings: AgentCallSettings }[];
  let answer: string;
  /** The number of messages after which the agent answers. */
  let messagesRead: number;
  /** Resolves once this number of policies has been sent. */
  let sent: (count: number) => Promise<void>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-delivery-'));
    [stored, calls, answer, messagesRead] = [new Map(), [], 'Success', Infinity];
    let wake = () => {};
    sent = async (count) => {
      while (calls.length < count) await new Promise<void>((resolve) => (wake = resolve));
    };
    ({ store: registry, presence } = newRegistry());
    create = () => {
      delivery = new DeliveryService(store, agents, presence, log, policies);
    };
    const store = {
      get: (name: PolicyName) => stored.get(name),
      onChange: (listener: typeof announce) => (announce = listener),
    } as unknown as PolicyStore;
    const agents = {
      connection: (vm: VmName) => ({
        send: async (
          _: unknown,
          messages: AsyncIterable<policyadmin.StreamPolicyRequest>,
          settings: AgentCallSettings,
        ) => {
          const received: policyadmin.StreamPolicyRequest[] = [];
          for await (const message of messages) if (received.push(message) === messagesRead) break;
          calls.push({ vm, messages: received, settings });
          wake();
          return { Status: answer };
        },
      }),
    } as unknown as AgentConnections;
    const { log } = newRegistry();
    const policies = readPoliciesConfig(
      JSON.stringify({ source: { type: 'none' }, policies: { firewall: { vms: ['net-vm', 'gui-vm'] } } }),
      folder,
    ).value;
    create();
  });
  afterEach(() => {
    delivery.onApplicationShutdown();
    rmSync(folder, { recursive: true });
  });

  const keep = (content: string, signature?: string): StoredPolicy => {
    const path = join(folder, 'policy.bin');
    writeFileSync(path, content);
    const policy = { name: firewall, path, sha256: sha256[content]!, signature };
    stored.set(firewall, policy);
    return policy;
  };
  const sha256: Record<string, string> = {
    one: '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed',
    two: '3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3',
  };
  const contentOf = (call: (typeof calls)[number]) =>
    Buffer.concat(call.messages.map(({ policy_chunk }) => policy_chunk)).toString();
  /** Resolves once the VM has the policy, or has a problem with it. */
  const known = async (vm: VmName) => {
    while (delivery.deliveredTo(vm, firewall).atMs === undefined && !delivery.deliveredTo(vm, firewall).problem)
      await new Promise((resolve) => setImmediate(resolve));
    return delivery.deliveredTo(vm, firewall);
  };

  /** The paths of all files that this process has open. */
  const openFiles = () =>
    readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return readlinkSync(join('/proc/self/fd', fd));
      } catch {
        // The descriptor that lists the folder is closed by now.
        return [];
      }
    });

  it('is one call with the name, then the content, and a deadline of two minutes', async () => {
    keep('one', 'untrusted comment: signature');
    registered('net-vm');
    expect(await known(netVm)).toEqual({ sha256: sha256['one'], atMs: expect.any(Number) });
    expect(calls).toHaveLength(1);
    expect(calls[0]!.vm).toBe('net-vm');
    expect(calls[0]!.messages[0]).toEqual({ policy_name: 'firewall', policy_chunk: Buffer.alloc(0) });
    expect(calls[0]!.messages.slice(1).every(({ policy_name }) => policy_name === '')).toBe(true);
    expect(contentOf(calls[0]!)).toBe('one');
    expect(calls[0]!.settings).toMatchObject({ deadlineMs: 120_000, enabledBy: 'capabilities.policy.enable' });
    expect(JSON.stringify(calls[0]!.settings.metadata)).toContain(
      Buffer.from('untrusted comment: signature').toString('base64').slice(0, 20),
    );
  });

  it.each([1, 2])('leaves no file open when the agent answers after %d messages', async (count) => {
    keep('one');
    messagesRead = count;
    registered('net-vm');
    await known(netVm);
    expect(calls[0]!.messages).toHaveLength(count);
    expect(openFiles()).not.toContain(join(folder, 'policy.bin'));
  });

  it('sends a changed policy to each subscribed VM whose agent is present', async () => {
    keep('one');
    registered('net-vm');
    registered('app-vm');
    await known(netVm);
    announce(keep('two'));
    await sent(2);
    expect(calls.map((call) => `${call.vm} ${contentOf(call)}`)).toEqual(['net-vm one', 'net-vm two']);
    expect(delivery.deliveredTo(guiVm, firewall)).toEqual({});
    expect(delivery.deliveredTo(vmNamed('app-vm'), firewall)).toEqual({});
  });

  it.each<[string, () => void]>([
    [
      'was lost',
      () => {
        presence.handle(netVm, { kind: 'missed', reason: 'it does not answer' });
        presence.handle(netVm, { kind: 'answered' });
      },
    ],
    [
      'has left the registry',
      () => {
        registry.remove(keyOf(agentEntry('net-vm')));
        registered('net-vm');
      },
    ],
    ['has booted again', () => registered('net-vm', { bootId: 'new' })],
    ['listens elsewhere now', () => registered('net-vm', { endpoint: endpointOf(netVm, 9_001) })],
  ])('is repeated to a VM that %s', async (_, happen) => {
    keep('one');
    registered('net-vm');
    await known(netVm);
    happen();
    await sent(2);
    expect(calls.map(contentOf)).toEqual(['one', 'one']);
  });

  it.each<[string, () => void]>([
    [
      'its agent registers again',
      () => {
        presence.addAgent(agentEntry('net-vm'), 'reported');
        registered('net-vm');
      },
    ],
    [
      'a field of its agent changes',
      () => {
        const { status } = agentEntry('net-vm');
        registered('net-vm', { status: { ...status, Description: 'new' } });
      },
    ],
    [
      'one of its units registers, and leaves',
      () => {
        registry.put(unitEntry('net-vm', 'web.service'));
        registered('net-vm');
        registry.remove(keyOf(unitEntry('net-vm', 'web.service')));
        registered('net-vm');
      },
    ],
  ])('is not repeated to a VM because %s', async (_, happen) => {
    keep('one');
    registered('net-vm');
    await known(netVm);
    happen();
    // A delivery that would be repeated has begun by now.
    registered('gui-vm');
    await known(guiVm);
    expect(calls.map(({ vm }) => vm)).toEqual(['net-vm', 'gui-vm']);
  });

  it('waits for an agent that is lost or unconfirmed', async () => {
    keep('one');
    presence.addAgent(agentEntry('net-vm'), 'restored');
    presence.handle(netVm, { kind: 'missed', reason: 'it does not answer' });
    presence.addAgent(agentEntry('gui-vm'), 'restored');
    announce(keep('two'));
    presence.handle(netVm, { kind: 'answered' });
    await sent(1);
    expect(calls.map(({ vm }) => vm)).toEqual(['net-vm']);
  });

  it('begins when the admin starts, for restored agents that have registered since', async () => {
    keep('one');
    ({ store: registry, presence } = newRegistry());
    registered('net-vm');
    create();
    delivery.onApplicationBootstrap();
    await sent(1);
    expect(calls.map(({ vm }) => vm)).toEqual(['net-vm']);
  });

  it.each<[string, () => void, RegExp]>([
    ['another answer than Success', () => (answer = 'Later'), /^net-vm: its agent answers "Later"$/],
    [
      'a policy whose file is missing',
      () => rmSync(join(folder, 'policy.bin')),
      /^policy "firewall": .*policy\.bin cannot be read$/,
    ],
  ])('reports a problem with %s', async (_, happen, problem) => {
    keep('one');
    happen();
    registered('net-vm');
    expect((await known(netVm)).problem).toMatch(problem);
  });
});
