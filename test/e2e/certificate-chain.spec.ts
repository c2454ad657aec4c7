// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { testAccess, testAuthority, TestSystem, tlsMaterial } from '@givc/testing';

describe('a daemon with a certificate that its own authorities did not sign', () => {
  const authority = testAuthority();
  const material = (name: string) => tlsMaterial(authority, { name });
  const foreign = (name: string) => ({ ...material(name), ca: Buffer.from(testAuthority().certificate) });
  const rejected = (line: string) => line.includes('reject the certificate of this machine');
  const logged = async (lines: readonly string[]): Promise<string> => {
    let line: string | undefined;
    while ((line = lines.find(rejected)) === undefined) await new Promise<void>((resolve) => setImmediate(resolve));
    return line;
  };
  let system: TestSystem | undefined;
  afterEach(() => system?.close());

  const start = async (tls: ReturnType<typeof material>) => {
    const { access } = await testAccess('denied', { tls, rules: undefined });
    system = await TestSystem.start({ authority, access });
    return { lines: system.admin.lines, identity: access.identity! };
  };

  it('logs that peers will reject it, with the reason of OpenSSL', async () => {
    const { lines } = await start(foreign('admin-vm'));
    expect(await logged(lines)).toMatch(
      /^error: .*see givc-cli certs verify error="unable to .*\((UNABLE|SELF)\w+\)"$/,
    );
  });

  it('logs it as soon as its certificate is replaced by such a certificate, and not before', async () => {
    const { lines, identity } = await start(material('admin-vm'));
    await system!.startAgent('net-vm');
    await system!.untilRegistered('net-vm');
    expect(lines.filter(rejected)).toEqual([]);
    identity.replace(foreign('admin-vm'));
    await logged(lines);
  });
});
