// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Access } from '@givc/access';
import { testAccess, testAuthority, TestSystem, tlsMaterial, type TestAgent } from '@givc/testing';

const hourMs = 60 * 60 * 1_000;

describe('a certificate that is not valid yet, as when the clock is wrong at boot,', () => {
  const authority = testAuthority();
  let system: TestSystem | undefined;
  afterEach(() => system?.close());

  const logged = async (agent: TestAgent, text: string): Promise<void> => {
    while (!agent.lines.some((line) => line.includes(text))) await new Promise((resolve) => setImmediate(resolve));
  };
  /**
   * The identity of a machine, with a function that sets its clock. OpenSSL reads the clock itself, so the certificate
   * is replaced by one that is valid now; its user does not notice.
   */
  const early = async (name: string): Promise<{ access: Access; setClock: () => void }> => {
    const tls = tlsMaterial(authority, { name, notBefore: new Date(Date.now() + hourMs) });
    const { access } = await testAccess('denied', { tls, rules: undefined });
    return { access, setClock: () => access.identity!.replace(tlsMaterial(authority, { name })) };
  };

  it('keeps its agent from the admin until the clock is set; then the agent registers by itself', async () => {
    const { access, setClock } = await early('net-vm');
    system = await TestSystem.start({ authority });
    await system.startAgent('net-vm', { access });
    const why = 'its certificate is rejected: CERT_NOT_YET_VALID';
    for (let attempt = 0; attempt < 3; attempt++)
      expect(await system.admin.record.next('TLS')).toMatchObject({ reason: why });
    expect(await system.client().queryList()).toEqual({ List: [] });
    setClock();
    await system.untilRegistered('net-vm');
  });

  it('keeps agents from its admin until the clock is set; then they register by themselves', async () => {
    const { access, setClock } = await early('admin-vm');
    system = await TestSystem.start({ authority, access });
    const agent = await system.startAgent('net-vm');
    const why = "the server's certificate is rejected: CERT_NOT_YET_VALID";
    expect(await agent.record.next('TLS')).toMatchObject({ reason: why, address: '127.0.0.1' });
    const attempts = jest.spyOn(agent.identity!, 'clientContext', 'get');
    while (attempts.mock.calls.length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(agent.lines.filter((line) => line.includes('registered'))).toEqual([]);
    setClock();
    await logged(agent, 'registered');
    expect(agent.record.lines.filter(({ answer }) => answer === 'TLS')).toHaveLength(1);
  });
});
