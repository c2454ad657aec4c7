// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, parseUnitName } from '@givc/model';
import { FakeSystemd, type TransientService } from '@givc/systemd';
import { TestSystem, type TestAgent } from '@givc/testing';
import { FakeJournal } from '../../apps/agent/src/journal/fake-journal.fixture.js';
import { Journal } from '../../apps/agent/src/journal/journal.js';
import { cli } from '../support/cli.js';

const web = parseUnitName('unit', 'web.service');
const appVm = parseUnitName('unit', 'microvm@app-vm.service');
const clock = parseUnitName('unit', 'clock@0.service');

/** A service manager whose transient services cannot be executed once `fails` is set. */
class FailingSystemd extends FakeSystemd {
  fails = false;

  override startTransientService(service: TransientService, signal?: AbortSignal) {
    if (!this.fails) return super.startTransientService(service, signal);
    const message = `the start job of unit "${service.unit}" ended as "failed"`;
    return Promise.reject(new GivcError('FAILED_PRECONDITION', message));
  }
}

describe('givc-cli, when a unit has failed,', () => {
  let system: TestSystem;
  let host: TestAgent;
  let journal: FakeJournal;
  let systemd: FailingSystemd;
  const start = async (enable: boolean): Promise<void> => {
    system = await TestSystem.start({ tls: false });
    journal = new FakeJournal();
    systemd = new FailingSystemd();
    systemd.define(web);
    systemd.define(appVm);
    host = await system.startAgent(
      'host',
      {
        ...{ type: 0, systemd },
        capabilities: {
          ...{ services: [web], vmServices: { appVms: [appVm] }, journal: { enable } },
          applications: [{ name: 'clock', command: '/bin/clock' }],
        },
      },
      { overrides: enable ? [{ provide: Journal, useValue: journal }] : [] },
    );
    await system.until((list) => [web, appVm].every((unit) => list.some(({ Name }) => Name === unit)));
    for (const unit of [web, appVm]) for (let n = 1; n <= 12; n++) journal.write(unit, `${unit} line ${n}`);
  };
  afterEach(() => system.close());

  /** What is printed before the error: the title and ten lines. */
  const expectLines = (err: string, unit: string): void => {
    const [title, ...lines] = err.split('\n').slice(0, -2);
    expect(title).toBe(`givc-cli: the last lines of ${unit} in host:`);
    expect(lines.map((line) => line.replace(/^.*\]: /, ''))).toEqual(
      Array.from({ length: 10 }, (_, n) => `${unit} line ${n + 3}`),
    );
  };

  it('prints its last lines before the error of its start', async () => {
    await start(true);
    host.systemd.failNextStart(web);
    const { status, out, err } = await cli(system, 'start', 'service', web, '--vm', 'host');
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expectLines(err, web);
    expect(err).toMatch(/\ngivc-cli: host: the start job of unit "web\.service" ended as "failed"[^\n]*\n$/);
  });

  it('prints its last lines before the error of its restart', async () => {
    await start(true);
    host.systemd.failNextStart(web);
    const { err } = await cli(system, 'restart', 'service', web, '--vm', 'host');
    expectLines(err, web);
  });

  it('prints the lines of an application since its start, and not those of an earlier instance', async () => {
    await start(true);
    journal.write(clock, 'of an earlier instance', 6, (Date.now() - 3_600_000) * 1_000);
    for (let n = 1; n <= 12; n++) journal.write(clock, `${clock} line ${n}`);
    systemd.fails = true;
    const { status, out, err } = await cli(system, 'start', 'app', 'clock', '--vm', 'host');
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expectLines(err, clock);
    expect(err).not.toContain('earlier');
    expect(err).toMatch(/\ngivc-cli: host: the start job of unit "clock@0\.service" ended as "failed"\n$/);
  });

  it('prints the lines of an application that does not start again', async () => {
    await start(true);
    await cli(system, 'start', 'app', 'clock', '--vm', 'host');
    for (let n = 1; n <= 12; n++) journal.write(clock, `${clock} line ${n}`);
    systemd.fails = true;
    const { err } = await cli(system, 'restart', 'app', 'clock@');
    expectLines(err, clock);
  });

  it('prints only the error of an application that may not be started', async () => {
    await start(true);
    const { err } = await cli(system, 'start', 'app', 'unknown', '--vm', 'host');
    expect(err).toMatch(/^givc-cli: host: application "unknown" [^\n]*\n$/);
  });

  it('prints the last lines of the unit of a VM that does not start', async () => {
    await start(true);
    host.systemd.failNextStart(appVm);
    const { status, err } = await cli(system, 'start', 'vm', 'app-vm');
    expect(status).toBe(1);
    expectLines(err, appVm);
  });

  it('prints its last lines when a wait for it has timed out', async () => {
    await start(true);
    host.systemd.failNextStart(web);
    await cli(system, 'start', 'service', web, '--vm', 'host');
    const { status, err } = await cli(system, 'wait', web, '--timeout', '0.1');
    expect(status).toBe(3);
    expectLines(err, web);
  });

  it('prints only the error where the unit has not failed, or its journal is not shown', async () => {
    await start(true);
    expect((await cli(system, 'wait', web, '--timeout', '0.1')).err).toMatch(/^givc-cli: [^\n]*\n$/);
    await system.close();
    await start(false);
    host.systemd.failNextStart(web);
    const { err } = await cli(system, 'start', 'service', web, '--vm', 'host');
    expect(err).toMatch(/^givc-cli: host: the start job of unit "web\.service" ended as "failed"[^\n]*\n$/);
  });
});
