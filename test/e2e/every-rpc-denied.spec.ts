// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status } from '@givc/rpc';
import { TestSystem, tlsMaterial, type TestServer } from '@givc/testing';
import { rawCall, rawSession } from '../support/raw-call.js';

const rules = `
  permit(principal, action, resource);
  @id("nothing") forbid(principal == Source::"evil-vm", action, resource);
`;

describe('every rpc', () => {
  let system: TestSystem;
  let agent: TestServer & { readonly record: TestSystem['admin']['record'] };

  beforeAll(async () => {
    system = await TestSystem.start({ rules });
    const keys = ['exec', 'hwid', 'notifier', 'wifi', 'ctap', 'policy', 'journal'];
    const capabilities = Object.fromEntries(keys.map((key) => [key, { enable: true }]));
    agent = await system.startAgent('net-vm', { capabilities, rules });
    await system.untilRegistered('net-vm');
  });
  afterAll(() => system.close());

  it.each<[string, () => typeof agent]>([
    ['the admin', () => system.admin],
    ['an agent', () => agent],
  ])('of %s is denied to a caller without rights, and each denial is recorded', async (_, server) => {
    const { endpoint, handled, record } = server();
    const session = await rawSession(endpoint, tlsMaterial(system.authority, { name: 'evil-vm' }));
    const answers: [string, number][] = [];
    for (const path of handled) answers.push([path, await rawCall(session, path, [new Uint8Array()])]);
    session.destroy();
    expect(handled.length).toBeGreaterThan(10);
    expect(answers).toEqual(handled.map((path) => [path, status.PERMISSION_DENIED]));
    const recorded = record.lines.filter(({ peer }) => peer === 'evil-vm');
    expect(recorded.map(({ rpc, answer, rule }) => [rpc, answer, rule])).toEqual(
      handled.map((path) => [path, 'PERMISSION_DENIED', 'nothing']),
    );
  });
});
