// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseAgentConfig } from '../../apps/agent/src/agent.config.js';
import { evaluate, isEvaluable, plain, type Evaluation } from './evaluation.js';

// If this is skipped, modules.spec.ts prints why.
(isEvaluable ? describe : describe.skip)('the machines for tests with the test driver of NixOS', () => {
  let evaluation: Evaluation;
  beforeAll(() => {
    evaluation = evaluate();
  });
  const machine = (name: string) => evaluation.scenarios[`tests-${name}`]!;

  it.each([
    ['hostvm', 'ghaf-host', '192.168.101.2'],
    ['guivm', 'gui-vm', '192.168.101.3'],
    ['appvm', 'app-vm', '192.168.101.5'],
  ])('have an agent that starts and knows the admin: %s', (name, vm, addr) => {
    const file: unknown = JSON.parse(machine(name).etc['givc-agent/config.json']!);
    expect(parseAgentConfig(file).warnings).toEqual([]);
    expect(file).toMatchObject({
      identity: { name: vm },
      network: { agent: { transport: { addr } }, admin: { transport: { addr: '192.168.101.10' } } },
    });
  });

  it('have an admin where the agents look for it', () => {
    expect(machine('adminvm').system.services['givc-admin']!.serviceConfig!['ExecStart']).toContain(
      '--listen 192.168.101.10:9001',
    );
  });

  it('have certificates of one authority, made at build time', () => {
    const [all] = ['adminvm', 'hostvm', 'guivm', 'appvm', 'badvm'].map((name) => machine(name).etc['givc/cert.pem']!);
    for (const name of ['ghaf-host', 'gui-vm', 'app-vm', 'admin-vm'])
      expect(all).toMatch(new RegExp(`certs issue ${name} --ip 192\\.168\\.101\\.\\d+ --authority authority`));
    expect(all).toContain('certs issue bad-vm --ip 192.168.101.99');
    expect(plain(machine('badvm').etc['givc/key.pem']!)).toBe('/nix/store/givc-test-certificates/bad-vm/key.pem');
  });

  it('are run by a check of the flake, whose script names each of them', () => {
    const { checks, nodes, testScript } = evaluation.flake;
    expect(checks['x86_64-linux']).toContain('vmTests-admin');
    expect(checks['aarch64-linux']).toContain('givc-cli');
    expect(nodes).toHaveLength(5);
    for (const node of nodes) expect(testScript).toMatch(new RegExp(`^ *${node}\\.`, 'm'));
  });
});
