// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { authorizationRequest, checkRuleNames, checkRulesOf, type Access } from '@givc/access';
import { check, checkCertificate, checkCertificateFiles, checkKeyFile, type Check } from '@givc/checks';
import { parseUnitName, type Address } from '@givc/model';
import type { AgentConfig } from '../agent.config.js';

/** The configuration, the certificate, the key and the rules of this machine. */
export function accessChecks(config: AgentConfig, access: Access, addresses: readonly Address[]): Check[] {
  const { settings, access: files, settingWarnings } = config;
  const { identity } = access;
  const { tls, rules } = files;
  const { cert, ca } = tls ?? { cert: 'its certificate', ca: 'its authorities' };
  return [
    {
      id: 'configuration',
      subject: settings.name,
      run: () =>
        settingWarnings.length === 0
          ? [check('configuration', settings.name).ok('has a configuration without a mistake')]
          : settingWarnings.map((line) =>
              check('configuration', settings.name).warning(
                `has a setting without the meant effect: ${line}`,
                'correct the file of the agent (givc-agent -check FILE)',
              ),
            ),
    },
    ...(identity
      ? [
          {
            id: 'certificate-dates' as const,
            subject: cert,
            run: () => checkCertificate(identity.material, { cert, ca, name: settings.name, addresses }),
          },
        ]
      : []),
    ...(tls
      ? [
          { id: 'certificate-files' as const, subject: cert, run: () => [checkCertificateFiles(tls)] },
          { id: 'key-permissions' as const, subject: tls.key, run: async () => [await checkKeyFile(tls.key)] },
        ]
      : []),
    ...(rules === undefined
      ? []
      : [
          { id: 'rules' as const, subject: rules, run: () => checkRulesOf('agent', rules) },
          { id: 'rule-names' as const, subject: rules, run: () => checkRuleNames(rules, knownNames(config)) },
        ]),
    ...(access.rules
      ? [
          {
            id: 'agent-permitted' as const,
            subject: settings.admin.name,
            run: () => [adminIsPermitted(config, access)],
          },
        ]
      : []),
  ];
}

function knownNames({ settings, allowlist }: AgentConfig) {
  const { agent, services, vmServices, dbusProxies } = allowlist.units;
  const { adminVm, systemVms, appVms } = vmServices;
  return {
    callers: [settings.admin.name, settings.name],
    machines: undefined,
    unitNames: [agent, ...services, ...(adminVm ? [adminVm] : []), ...systemVms, ...appVms, ...dbusProxies],
    units: (name: string) => isAllowed(allowlist, name),
  };
}

function isAllowed(allowlist: AgentConfig['allowlist'], name: string): boolean {
  try {
    return allowlist.has(parseUnitName('', name));
  } catch {
    return false;
  }
}

/** The least that the admin needs: the state of this agent's unit. */
function adminIsPermitted({ settings, access: { rules: file } }: AgentConfig, { rules }: Access) {
  const { admin, unit } = settings;
  const { ok, failure } = check('agent-permitted', admin.name);
  const request = authorizationRequest(admin.name, '/systemd.UnitControlService/GetUnitStatus', { UnitName: unit });
  const decision = rules!.decide(request);
  if (decision.allowed) return ok('may ask for the state of units here');
  const cause = decision.rule === undefined ? 'no rule permits it' : `${decision.rule} forbids it`;
  return failure(
    `may not ask for the state of units here: ${cause}`,
    `permit Source::"${admin.name}" the commands of Module::"systemd" in ${file ?? 'the rules'}`,
  );
}
