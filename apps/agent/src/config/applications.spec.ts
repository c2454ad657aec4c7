import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAgentConfig } from '../agent.config.js';
import { minimal, withCapabilities } from './minimal-config.fixture.js';

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

  it('warns of an application whose program is not there when the file is read', () => {
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
