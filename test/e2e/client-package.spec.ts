// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatAddress, type UnitName } from '@givc/model';
import { identityOf, TestSystem, type TestAgent } from '@givc/testing';
import { OldAdmin } from '../support/old-admin.js';
import { PackedPackages } from '../support/packed-packages.js';

const clock = 'clock@0.service' as UnitName;

describe('the package @givc/client', () => {
  let client: PackedPackages;
  let system: TestSystem;
  let admin: OldAdmin | undefined;
  let agent: TestAgent;

  beforeAll(async () => {
    client = await PackedPackages.install('client');
  });
  afterAll(() => client.remove());

  const begin = async (start: () => Promise<TestSystem>) => {
    admin = undefined;
    system = await start();
    const applications = [{ name: 'clock', command: '/bin/clock' }];
    agent = await system.startAgent('chrome-vm', { type: 12, capabilities: { applications } });
    await system.untilRegistered('chrome-vm');
    const material = system.material('cli')!;
    for (const [name, pem] of [
      ['ca-cert.pem', material.ca],
      ['cert.pem', material.cert],
      ['key.pem', material.key],
    ] as const)
      writeFileSync(join(client.folder, name), pem);
  };
  const run = (...args: string[]) =>
    client.run(client.exampleOf('client'), formatAddress(system.admin.endpoint.address), ...args);

  afterEach(async () => {
    await system.close();
    await admin?.stop();
  });

  it.each([
    ['our admin', () => TestSystem.start()],
    [
      "the original's admin",
      () =>
        TestSystem.around(
          async (around) => (admin = await OldAdmin.start({ identity: identityOf(around.material('admin-vm')) })),
        ),
    ],
  ])('has a README with an example that starts an application and follows it, with %s', async (_, start) => {
    await begin(start);
    const launcher = run();
    await launcher.line(/^started clock@0\.service$/);
    await launcher.line(/^[0-9]+ entries$/);
    await agent.systemd.stopUnit(clock);
    await admin?.poll();
    expect(await launcher.ended).toEqual({ status: 0, stderr: '' });
    expect(launcher.lines.at(-1)).toMatch(/^removed: clock@0\.service is /);
  });

  it('fails with the reason and the message of the admin', async () => {
    await begin(() => TestSystem.start());
    const launcher = run('chess', 'chrome-vm');
    expect(await launcher.ended).toEqual({ status: 0, stderr: '' });
    expect(launcher.lines).toEqual([expect.stringMatching(/^[A-Z_]+: .*chess/)]);
  });

  it('names the unreadable TLS file', async () => {
    await begin(() => TestSystem.start());
    writeFileSync(join(client.folder, 'key.pem'), 'nothing');
    const { stderr, status } = await run().ended;
    expect(status).toBe(1);
    expect(stderr).toContain('GivcError: the private key key.pem does not belong to the certificate cert.pem');
  });
});
