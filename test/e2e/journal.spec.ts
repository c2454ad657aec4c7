// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setImmediate } from 'node:timers/promises';
import { parseUnitName } from '@givc/model';
import { journal } from '@givc/rpc';
import { TestSystem, type TestAgent } from '@givc/testing';
import { FakeJournal } from '../../apps/agent/src/journal/fake-journal.fixture.js';
import { Journal } from '../../apps/agent/src/journal/journal.js';

const web = parseUnitName('unit', 'web.service');
const db = parseUnitName('unit', 'db.service');
const request = (more: Partial<journal.ReadJournalRequest> = {}): journal.ReadJournalRequest => ({
  ...{ vm: 'net-vm', units: [web], follow: false, since: undefined },
  ...more,
});
const { readJournal: read } = journal.JournalServiceService;
const permitAll = 'permit (principal, action, resource);';
const onlyOthers = 'permit (principal, action, resource) unless { resource == Module::"journal" };';

describe('the journal', () => {
  let system: TestSystem;
  let agent: TestAgent;
  let lines: FakeJournal;
  const start = async ({ rules, adminRules }: { rules?: string; adminRules?: string } = {}): Promise<void> => {
    system = await TestSystem.start({ rules: adminRules });
    lines = new FakeJournal();
    agent = await system.startAgent(
      'net-vm',
      { capabilities: { journal: { enable: true }, services: [web, db] }, rules },
      { overrides: [{ provide: Journal, useValue: lines }] },
    );
    await system.startAgent('gui-vm');
    await system.untilRegistered('net-vm');
    await system.untilRegistered('gui-vm');
  };
  afterEach(() => system.close());

  const texts = async (stream: AsyncIterable<journal.ReadJournalResponse>): Promise<string[]> => {
    const found: string[] = [];
    for await (const { entries } of stream)
      for (const { fields } of entries) found.push(fields.find(({ name }) => name === 'MESSAGE')!.value.toString());
    return found;
  };
  const readAll = (more?: Partial<journal.ReadJournalRequest>, as = 'cli') =>
    texts(system.client(as).readJournal(request(more)));
  /** Reads of the agent itself. */
  const readDirectly = (as: string) => texts(system.channel(agent, as).serverStream(read, request()));
  /** A reader that follows, once it has its first line. */
  const follow = async (as = 'cli') => {
    const ending = new AbortController();
    const stream = system.client(as).readJournal(request({ follow: true }), { signal: ending.signal });
    await stream.next();
    return { stream, end: () => ending.abort() };
  };

  it('is passed on by the admin, with the bytes and their order', async () => {
    await start();
    const bytes = Buffer.from([0xff, 0x00, 0x0a, 0x1b]);
    lines.write(web, 'one');
    lines.write(db, 'two', 3);
    lines.write(web, bytes);
    expect(await readAll({ units: [web, db] })).toEqual(['one', 'two', bytes.toString()]);
    expect(await readAll({ units: [web, db], priority: 3 })).toEqual(['two']);
    expect(await readAll({ lines: 1 })).toEqual([bytes.toString()]);
    const { value } = await system
      .client()
      .readJournal(request({ lines: 1 }))
      .next();
    expect(value!.entries[0]!.fields.find(({ name }) => name === 'MESSAGE')!.value).toEqual(bytes);
  });

  it('is followed until the caller hangs up, and then the agent reads no more', async () => {
    await start();
    lines.write(web, 'old');
    const { stream, end } = await follow();
    lines.write(web, 'new');
    expect((await stream.next()).value!.entries).toHaveLength(1);
    end();
    await lines.untilReaders(0);
    await expect(stream.next()).rejects.toMatchObject({ reason: 'CANCELLED' });
  });

  it('is only of units that the agent may control', async () => {
    await start();
    await expect(readAll({ units: [web, 'ssh.service'] })).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
      message: `net-vm: unit "ssh.service" is not in this agent's allowlist (capabilities.services)`,
    });
    await expect(readAll({ lines: 20_000 })).rejects.toThrow('invalid number of lines 20000: expected 1-10000');
  });

  it('is shown only to the admin by an agent without rules', async () => {
    await start();
    lines.write(web, 'one');
    expect(await readDirectly('admin-vm')).toEqual(['one']);
    await expect(readDirectly('gui-vm')).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
      message: expect.stringContaining('only admin-vm may read the journal'),
    });
  });

  it('is shown to whom the rules of the agent permit it', async () => {
    await start({
      rules: `${onlyOthers} permit (principal == Source::"gui-vm", action, resource) when { context.units == ["web.service"] };`,
    });
    lines.write(web, 'one');
    expect(await readDirectly('gui-vm')).toEqual(['one']);
    await expect(readDirectly('admin-vm')).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    await expect(readAll()).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
  });

  it('ends with the right to read it, at the admin and at the agent', async () => {
    await start({ rules: permitAll, adminRules: permitAll });
    lines.write(web, 'one');
    const first = await follow();
    const { Access } = await import('@givc/access');
    system.admin.get(Access).rules!.replace(onlyOthers);
    await expect(first.stream.next()).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    await lines.untilReaders(0);
    await expect(readAll()).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    system.admin.get(Access).rules!.replace(permitAll);
    const second = await follow();
    agent.get(Access).rules!.replace(onlyOthers);
    await expect(second.stream.next()).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    await lines.untilReaders(0);
  });

  it('is recorded with the caller, the VM and the units', async () => {
    await start();
    await readAll({ units: [web, db] });
    const { begun, lines: ended } = system.admin.record;
    const request = { vm: 'net-vm', units: [web, db] };
    expect(begun).toMatchObject([{ phase: 'began', peer: 'cli', rpc: read.path, request }]);
    expect(ended.filter(({ rpc }) => rpc === read.path)).toMatchObject([{ phase: 'ended', answer: 'OK', request }]);
    await expect(readAll({ units: ['ssh.service'] })).rejects.toThrow();
    expect(ended.at(-1)).toMatchObject({ answer: 'PERMISSION_DENIED', request: { units: ['ssh.service'] } });
  });

  it('has a fix for an agent that does not show it, and for a VM that is not there', async () => {
    await start();
    await expect(readAll({ vm: 'gui-vm' })).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(
        /^the agent of gui-vm .* does not offer this; capabilities\.journal\.enable in its configuration enables it$/,
      ),
    });
    await expect(readAll({ vm: 'new-vm' })).rejects.toMatchObject({ reason: 'NOT_FOUND' });
  });

  it('says of a VM that is off that it is not running', async () => {
    await start();
    const host = await system.startAgent('host', {
      type: 0,
      capabilities: { vmServices: { appVms: ['microvm@chrome-vm.service'] } },
    });
    await system.until((list) => list.some(({ Name }) => Name === 'microvm@chrome-vm.service'));
    await expect(readAll({ vm: 'chrome-vm' })).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message: 'VM "chrome-vm" is not running: microvm@chrome-vm.service is inactive (dead)',
    });
    await host.close();
  });

  it('is read no faster than its caller reads', async () => {
    await start();
    const count = 400;
    for (let n = 0; n < count; n++) lines.write(web, Buffer.alloc(40_000, 'x'));
    const stream = system.client().readJournal(request());
    await stream.next();
    // Waits until nothing moves any more.
    for (let last = lines.taken, still = 0; still < 50; still++) {
      for (let n = 0; n < 10; n++) await setImmediate();
      if (lines.taken !== last) [last, still] = [lines.taken, 0];
    }
    expect(lines.taken).toBeLessThan(count / 2);
    for await (const { entries } of stream) expect(entries).toHaveLength(1);
    expect(lines.taken).toBe(count);
  });

  it('has at most eight readers of one caller, and room for another one', async () => {
    await start();
    lines.write(web, 'one');
    const readers = await Promise.all(Array.from({ length: 8 }, () => follow('gui-vm')));
    await expect(readAll({}, 'gui-vm')).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: 'readers of journals: 8 calls of one caller may be open; end one that follows',
    });
    expect(await readAll()).toEqual(['one']);
    for (const { end } of readers) end();
    await lines.untilReaders(0);
    expect(await readAll({}, 'gui-vm')).toEqual(['one']);
  });

  it('ends with the agent', async () => {
    await start();
    lines.write(web, 'one');
    const { stream } = await follow();
    await agent.close();
    await expect(stream.next()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    expect(lines.readers).toBe(0);
  });
});
