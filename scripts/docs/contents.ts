// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** A group of the sidebar. */
export interface Section {
  readonly label: string;
  /** Files of the repository, in order; a folder with `/` at its end stands for the generated pages in it. */
  readonly pages: readonly string[];
  /** Whether the group is closed at first. */
  readonly collapsed?: boolean;
}

const docs = (...names: string[]): string[] => names.map((name) => `docs/${name}`);

/** The sidebar. The first page of the site is README.md. */
export const sections: readonly Section[] = [
  { label: 'Tutorial', pages: docs('tutorial.md', 'tour.md') },
  {
    label: 'How to',
    pages: docs(
      ...['install.md', 'nix.md', 'how-to/add-a-vm.md', 'how-to/add-an-application.md'],
      ...['how-to/add-a-dbus-application.md', 'access-control.md', 'certificates.md', 'policies.md', 'upgrade.md'],
      ...['how-to/debug-a-boot.md', 'operations.md', 'doctor.md'],
      ...['monitoring/README.md', 'suspend.md', 'power.md', 'history.md'],
    ),
  },
  {
    label: 'Reference',
    pages: docs(
      ...['command-line.md', 'reference/givc-cli.md', 'exit-status.md', 'json-output.md', 'configuration.md'],
      ...['reference/givc-admin.md', 'reference/policies-file.md', 'agent-configuration.md'],
      ...['reference/givc-agent.md', 'reference/agent-file.md', 'reference/cedar-actions.md'],
      ...['reference/audit-records.md', 'reference/log-events.md', 'reference/metrics.md', 'hardening.md'],
      'glossary.md',
    ),
  },
  { label: 'Protocol', pages: docs('api/grpc/'), collapsed: true },
  { label: 'NixOS modules', pages: docs('api/nixos/'), collapsed: true },
  {
    label: 'Explanation',
    pages: docs('architecture.md', 'threat-model.md', 'compatibility.md', 'scale.md', 'memory.md'),
  },
  { label: 'Decisions', pages: ['docs/adr/'], collapsed: true },
  {
    label: 'Development',
    pages: [
      ...['CONTRIBUTING.md', 'libs/client/README.md', 'libs/testing/README.md', 'cedar/README.md'],
      ...['test/simulation/README.md', 'test/fuzz/README.md', 'docs/mutation.md', 'docs/coverage.md'],
      ...['SECURITY.md', 'CHANGELOG.md'],
    ],
    collapsed: true,
  },
];
