// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { evaluate, isEvaluable, type Evaluation } from './evaluation.js';

// If this is skipped, modules.spec.ts prints why.
(isEvaluable ? describe : describe.skip)('the assertions of the NixOS modules', () => {
  let evaluation: Evaluation;
  beforeAll(() => {
    evaluation = evaluate();
  });
  const scenario = (name: string) => evaluation.scenarios[name]!;

  it('reject configurations that cannot work, each with what to do', () => {
    expect(scenario('mistakes').failed).toHaveLength(26);
    expect(scenario('wrongWords').failed.map((message) => message.replace(/;.*/, ''))).toEqual([
      'givc.sysvm.network.agent.transport.name: "net vm" is not a name of a machine',
      'givc.sysvm.network.agent.transport.addr: "net vm" is not an address',
      'givc.sysvm.capabilities.socketProxy.sockets.*.transport.port: "70000" is not a port',
      'givc.admin.addresses.*.addr: "" is not an address',
      'givc.admin.addresses.*.addr: "admin.sock" is not the path of a unix socket',
      'givc.admin.policyAdmin.updater.gitURL.url is empty: name the git repository, or disable gitURL.',
    ]);
    expect(scenario('noBus').failed).toEqual(['givc.dbusproxy: enable system or session, or disable dbusproxy.']);
    for (const part of [
      /two agents of one machine: give each a network\.agent\.transport\.name/,
      /is not a CID and port of vsock/,
      /givc\.admin\.addresses is empty/,
      /socketProxy\.sockets is null/,
      /factoryPolicies needs url, rev and sha256/,
      /accessControl: rules of access control are about names in certificates/,
    ])
      expect(scenario('mistakes').failed).toContainEqual(expect.stringMatching(part));
  });
});
