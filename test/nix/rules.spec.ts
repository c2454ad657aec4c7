// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { authorizationRequest, checkRules, Rules, type RuleSchema } from '@givc/access';
import { evaluate, fileIn, isEvaluable, type Evaluation } from './evaluation.js';

// If this is skipped, modules.spec.ts prints why.
(isEvaluable ? describe : describe.skip)('the rules of the NixOS modules', () => {
  let evaluation: Evaluation;
  beforeAll(() => {
    evaluation = evaluate();
  });
  const rulesOf = (name: string, unit: string) =>
    fileIn(Object.values(evaluation.scenarios[name]!.etc).join('\n'), `${unit}-rules.cedar`);
  const configOf = (name: string, file: string): unknown => JSON.parse(evaluation.scenarios[name]!.etc[file]!);

  it('permit requests of other packages than admin by their package', async () => {
    const rules = await Rules.parse(rulesOf('everyOption', 'givc-admin'), 'rules.cedar');
    const isPermitted = (source: string, path: string, request: object) =>
      rules.decide(authorizationRequest(source, path, request)).allowed;
    const readJournal = (source: string, vm: string) =>
      isPermitted(source, '/journal.JournalService/ReadJournal', { vm, units: ['web.service'], lines: 10 });
    expect([
      readJournal('gui-vm', 'chrome-vm'),
      readJournal('gui-vm', 'net-vm'),
      readJournal('net-vm', 'chrome-vm'),
    ]).toEqual([true, false, false]);
    expect(isPermitted('gui-vm', '/admin.AdminService/StartApplication', { AppName: 'a', VmName: 'chrome-vm' })).toBe(
      true,
    );
    // What `logs`, `status` with each flag, `history`, `analyze` and `doctor` call.
    for (const path of [
      ...['/admin.AdminService/QueryList', '/report.Machines/ListMachines', '/doctor.Doctor/RunChecks'],
      '/resources.ResourcesService/GetUsage',
      ...['QueryHistory', 'GetRegistryAt', 'ListBoots'].map((name) => `/history.HistoryService/${name}`),
    ])
      expect([path, isPermitted('gui-vm', path, {}), isPermitted('net-vm', path, {})]).toEqual([path, true, false]);
  });

  it('permit the admin the journal of an agent where that is enabled, and it is in no other configuration', () => {
    expect(configOf('everyOption', 'givc-agent/sysvm/config.json')).toMatchObject({
      capabilities: { journal: { enable: true } },
    });
    expect(configOf('everyOption', 'givc-agent/host/config.json')).not.toHaveProperty('capabilities.journal');
    expect(rulesOf('everyOption', 'givc-gui-vm')).toMatch(/"admin-vm"[^;]*Module::"journal"/);
    expect(rulesOf('everyOption', 'givc-ghaf-host')).not.toContain('Module::"journal"');
  });

  it('are accepted by the check at build time, with the name that rules of the original have for Wi-Fi', async () => {
    const files = Object.values(evaluation.scenarios).flatMap(({ etc }) => Object.entries(etc));
    // Most rules are similar.
    const checked = new Map<string, RuleSchema>();
    for (const [file, path] of files.filter(([name]) => name.endsWith('.cedar'))) {
      const daemon = file.startsWith('givc-admin') ? 'admin' : 'agent';
      const rules = fileIn(path, /[^/]+-rules\.cedar(?=⟦)/.exec(path)![0]);
      checked.set(rules, { file: daemon, text: fileIn(path, `${daemon}.cedarschema`) });
    }
    expect(checked.size).toBeGreaterThan(5);
    for (const [rules, schema] of checked)
      expect(await checkRules(rules, schema.file, [schema])).toMatchObject({ findings: [] });
    expect(rulesOf('everyOption', 'givc-gui-vm')).toMatch(/Module::"wifi" \|\| resource == Module::"wifimanager"/);
  });
});
