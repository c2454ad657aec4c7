// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { withCapabilities } from '../../fixtures/minimal-config.fixture.js';

describe('the configuration of commands', () => {
  it.each([
    ['commands[0].command: invalid path "id": expected an absolute path', { command: 'id' }],
    ['commands[0].args: invalid args: expected "..." at the end only', { command: '/bin/id', args: ['...', 'a'] }],
    ['commands[0].args: invalid args: expected "..." at the end only', { command: '/bin/id', args: [['-a', '...']] }],
    ['commands[0].args[0]: ', { command: '/bin/id', args: [[]] }],
    ['commands[0].args: invalid args: expected at most 64 patterns', { command: '/bin/id', args: Array(65).fill('a') }],
    ['commands[0].users[0]: invalid user "-x"', { command: '/bin/id', users: ['-x'] }],
    ['commands[0].environment[0]: invalid variable "A="', { command: '/bin/id', environment: ['A='] }],
    ['commands[0].environment[0]: invalid variable "LD_PRELOAD"', { command: '/bin/id', environment: ['LD_PRELOAD'] }],
    ['commands[0].environment[0]: invalid variable "PATH"', { command: '/bin/id', environment: ['PATH'] }],
    ['commands[0].directories[0]: invalid path', { command: '/bin/id', directories: ['tmp'] }],
  ])('leaves out an invalid command: %s', (message, command) => {
    const { capabilities, warnings } = withCapabilities({ exec: { enable: true, commands: [command] } });
    expect(warnings[0]).toContain(`capabilities.exec.${message}`);
    expect(capabilities.exec.commands).toEqual([]);
  });

  it.each([0, 1.5, 1_001])('keeps exec off when maxRunning is %d', (maxRunning) => {
    const { capabilities, warnings } = withCapabilities({ exec: { enable: true, maxRunning } });
    expect(warnings).toEqual([
      `capabilities.exec.maxRunning: invalid number ${maxRunning}: expected 1-1000; the capability stays off`,
    ]);
    expect(capabilities.exec.enable).toBe(false);
  });

  it('permits updates where no command is listed, and nothing where all listed commands are invalid', () => {
    const exec = (commands: unknown) => withCapabilities({ exec: { enable: true, commands } });
    for (const unlisted of [undefined, null, [], ''])
      expect(exec(unlisted).capabilities.exec).toMatchObject({ commands: undefined });
    expect(exec([{ command: 'id' }]).capabilities.exec).toMatchObject({ commands: [] });
    expect(exec([{ command: 'id' }]).warnings).toEqual([expect.stringContaining('this entry is left out')]);
  });
});
