// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeAgents } from '../agents/agents.fixture.js';
import { vmNamed } from '../registry/registry.fixture.js';
import { NotifyService } from './notify.service.js';

const notification = { Event: 'Battery', Title: 'Low', Urgency: 2, Icon: 'battery', Message: '5 %' };

describe('a notification for the users of a machine', () => {
  let answers: (() => void)[];
  let users: NotifyService;
  const notify = (caller: string) =>
    users.notify({ vm: vmNamed('net-vm'), notification }, { caller, signal: new AbortController().signal });
  const passedOn = async (count: number) => {
    while (answers.length < count) await new Promise<void>((resolve) => setImmediate(resolve));
  };

  beforeEach(() => {
    answers = [];
    const agents = new FakeAgents(() => new Promise(() => undefined));
    agents.answerCall = () => new Promise((resolve) => answers.push(() => resolve({ Status: 'sent' })));
    users = new NotifyService(agents.connections);
  });

  it('is rejected when its caller has two open notifications, while another caller is served', async () => {
    const evil = [notify('evil-vm'), notify('evil-vm')];
    const rejected = expect(notify('evil-vm')).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: 'notifications: 2 calls of one caller may be open; try again later',
    });
    const other = notify('app-vm');
    await passedOn(3);
    for (const answer of answers) answer();
    expect(await Promise.all([...evil, other])).toEqual(Array(3).fill({ Status: 'sent' }));
    await rejected;
    expect(answers).toHaveLength(3);
  });

  it('waits while eight notifications are being passed on, until one of them is answered', async () => {
    const first = ['a', 'b', 'c', 'd'].flatMap((caller) => [notify(caller), notify(caller)]);
    const last = notify('app-vm');
    await passedOn(8);
    expect(answers).toHaveLength(8);
    answers[0]!();
    await passedOn(9);
    for (const answer of answers) answer();
    expect(await Promise.all([...first, last])).toEqual(Array(9).fill({ Status: 'sent' }));
  });
});
