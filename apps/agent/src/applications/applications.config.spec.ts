// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAgentConfig } from '../agent.config.js';
import { minimal, withCapabilities } from '../../fixtures/minimal-config.fixture.js';

describe('the configuration of applications', () => {
  it('splits commands at spaces without any quoting', () => {
    const command = (text: string) => withCapabilities({ applications: [{ name: 'x', command: text }] });
    expect(command(`/opt/x --app=https://o.example/mail/  -f 'a b'`).capabilities.applications[0]!.command).toEqual([
      '/opt/x',
      '--app=https://o.example/mail/',
      '-f',
      "'a",
      "b'",
    ]);
    for (const wrong of ['opt/x --y', '', ' ', '--app=/x', '/opt/x\0'])
      expect(command(wrong)).toMatchObject({
        capabilities: { applications: [] },
        warnings: [expect.stringMatching(/^capabilities\.applications\[0\]\.command: invalid command /)],
      });
  });

  it('warns of settings that have no effect', () => {
    const application = (name: string, args: string[], directories: string[]) => ({
      ...{ name, args, directories },
      command: '/bin/sh',
    });
    const { warnings } = withCapabilities({
      applications: [
        ...[application('a', ['url'], []), application('b', ['file'], ['/srv']), application('c', ['file'], [])],
        ...[application('d', ['url'], ['/srv']), application('a', ['flag'], [])],
      ],
    });
    expect(warnings).toEqual([
      'capabilities.applications: "c" takes files, but names no directories: all are rejected',
      'capabilities.applications: "d" names directories, but its args have no "file"',
      'capabilities.applications: "a" is the name of an earlier application; this one is never started',
    ]);
  });

  it('warns of more applications than an admin lists', () => {
    const warnings = (count: number) =>
      withCapabilities({
        applications: Array.from({ length: count }, (_, n) => ({ name: `app-${n}`, command: '/bin/sh' })),
      }).warnings;
    expect(warnings(200)).toEqual([]);
    expect(warnings(201)).toEqual(['capabilities.applications: 201 can be started, but only the first 200 are listed']);
  });

  it('warns of an application whose program is missing when the file is read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'givc-agent-config-'));
    const file = join(folder, 'agent.json');
    const applications = [
      { name: 'there', command: '/bin/sh -c true' },
      { name: 'gone', command: '/nonexistent/x --y' },
      { name: 'folder', command: '/usr' },
      { name: 'text', command: '/etc/passwd' },
    ];
    writeFileSync(file, JSON.stringify({ ...minimal, capabilities: { applications } }));
    const { capabilities, warnings } = readAgentConfig(file);
    rmSync(folder, { recursive: true });
    expect(capabilities.applications).toHaveLength(4);
    expect(warnings).toEqual([
      expect.stringContaining('/nonexistent/x of "gone" cannot be executed (ENOENT)'),
      'capabilities.applications: /usr of "folder" is not a file',
      expect.stringContaining('/etc/passwd of "text" cannot be executed (EACCES)'),
    ]);
  });
});
