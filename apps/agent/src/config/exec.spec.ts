import { withCapabilities } from './minimal-config.fixture.js';

describe('the configuration of commands', () => {
  it.each([
    ['commands[0].command: an absolute path is needed', { command: 'id' }],
    ['commands[0].args: "..." stands only at the end', { command: '/bin/id', args: ['...', 'a'] }],
    ['commands[0].args: "..." stands only at the end', { command: '/bin/id', args: [['-a', '...']] }],
    ['commands[0].args[0]: ', { command: '/bin/id', args: [[]] }],
    ['commands[0].args: at most 64 patterns', { command: '/bin/id', args: Array(65).fill('a') }],
    ['commands[0].users[0]: "-x" is no name of a user', { command: '/bin/id', users: ['-x'] }],
    ['commands[0].environment[0]: "A=" is no name of a variable', { command: '/bin/id', environment: ['A='] }],
    ['commands[0].environment[0]: whoever sets LD_PRELOAD', { command: '/bin/id', environment: ['LD_PRELOAD'] }],
    ['commands[0].environment[0]: whoever sets PATH', { command: '/bin/id', environment: ['PATH'] }],
    ['commands[0].directories[0]: an absolute path', { command: '/bin/id', directories: ['tmp'] }],
  ])('leaves out a command whose entry has a mistake: %s', (message, command) => {
    const { capabilities, warnings } = withCapabilities({ exec: { enable: true, commands: [command] } });
    expect(warnings[0]).toContain(`capabilities.exec.${message}`);
    expect(capabilities.exec.commands).toEqual([]);
  });

  it.each([0, 1.5, 1_001])('keeps exec off with %d commands at the same time', (maxRunning) => {
    const { capabilities, warnings } = withCapabilities({ exec: { enable: true, maxRunning } });
    expect(warnings).toEqual([
      `capabilities.exec.maxRunning: ${maxRunning} is no whole number from 1 to 1000; the capability stays off`,
    ]);
    expect(capabilities.exec.enable).toBe(false);
  });

  it('permits updates where no command is listed, and nothing where all that were listed have a mistake', () => {
    const exec = (commands: unknown) => withCapabilities({ exec: { enable: true, commands } });
    for (const unlisted of [undefined, null, [], ''])
      expect(exec(unlisted).capabilities.exec).toMatchObject({ commands: [], isUnlisted: true });
    expect(exec([{ command: 'id' }]).capabilities.exec).toMatchObject({ commands: [], isUnlisted: false });
    expect(exec([{ command: 'id' }]).warnings).toEqual([expect.stringContaining('this entry is left out')]);
  });
});
