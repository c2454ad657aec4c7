import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from './lab.js';
import { checkout } from './plan.js';
import { run } from './run.js';
import { sharedLab } from './shared-lab.js';
import { furnish, shellSettings, tour } from './surroundings.js';

const readme = readFileSync(join(checkout, 'README.md'), 'utf8');

/** The last column of the table of capabilities. */
const tried = readme
  .split('\n')
  .flatMap((line) => (/^\| \S.*`([^`]+)` +\|$/.exec(line) ?? []).slice(1))
  .filter((command) => /^(givc-cli|on) /.test(command));

/** The commands of the blocks of a chapter, without what is said of them. */
const commandsOf = (title: string): string[] => {
  const chapter = readme.split(/^## /m).find((text) => text.startsWith(`${title}\n`))!;
  return [...chapter.matchAll(/^```sh\n([^]*?)^```/gm)]
    .flatMap(([, block]) => block!.split('\n'))
    .map((line) => line.replace(/ {2,}#.*/, ''))
    .filter((line) => line !== '');
};

/** Of the tour that the lab shows, those that end by themselves and change no cable. */
const toured = tour
  .split('\n')
  .map((line) => line.trim().split(/ {2,}/)[0]!)
  .filter((line) => /^(givc-cli|on) /.test(line) && !/&$| -f$/.test(line));

describe('a command that is printed', () => {
  let lab: Lab;
  let folder: string;
  /** In a shell as the lab gives one to people, with nobody at its keyboard. */
  const inShell = (command: string, directory = checkout) =>
    run(['bash', '-c', `. ${shellSettings}; cd ${directory}; ${command} </dev/null`]);

  beforeAll(async () => {
    lab = await sharedLab();
    furnish(lab);
    folder = mkdtempSync(join(tmpdir(), 'givc-readme-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await lab.cli(['stop', 'app', 'clock@']);
    await lab.cli(['set-timezone', 'Etc/UTC']);
    await lab.machine('net-vm').systemctl('stop', 'NetworkManager.service');
    await lab.cli(['start', 'service', 'web.service', '--vm', 'net-vm']);
  });

  it('is found: seventeen are in the table of the README, and all chapters have theirs', () => {
    expect(tried).toHaveLength(17);
    for (const title of ['Who may do what', 'Look inside']) expect(commandsOf(title).length).toBeGreaterThan(5);
    expect(toured.length).toBeGreaterThan(8);
  });

  it.each(tried)('in the table of the README works in a shell of the lab: %s', async (command) => {
    expect(await inShell(command)).toMatchObject({ status: 0 });
  });

  it('on certificates and rules works, one after the other', async () => {
    for (const command of commandsOf('Who may do what').filter((line) => line.startsWith('givc-cli '))) {
      const outcome = await inShell(command.replace(/ cedar\//, ` ${checkout}/cedar/`), folder);
      expect({ command, ...outcome }).toMatchObject({ command, status: 0 });
    }
  });

  it('on the audit log works in admin-vm', async () => {
    const commands = commandsOf('Who may do what').filter((line) => /^(cat|grep|journalctl) /.test(line));
    expect(commands).toHaveLength(4);
    for (const command of commands) {
      const { stderr } = await inShell(`on admin-vm ${command}`);
      expect({ command, stderr }).toEqual({ command, stderr: '' });
    }
  });

  it('for a shell of the lab works', async () => {
    await lab.cli(['start', 'service', 'web.service', '--vm', 'net-vm']);
    const entering = 'npm run lab:enter -- ';
    const commands = commandsOf('Look inside').filter((line) => line.startsWith(entering));
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands.map((line) => line.slice(entering.length)).filter((line) => !/ watch /.test(line)))
      expect({ command, ...(await inShell(command)) }).toMatchObject({ command, status: 0 });
  });

  it.each(toured)('by the tour of the lab works: %s', async (command) => {
    expect(await inShell(command)).toMatchObject({ status: 0 });
  });
});
