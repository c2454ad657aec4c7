// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type LabMachine } from './lab-machine.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';

const file = '/etc/givc/agent.json';
const saved = '/run/agent.json.saved';

describe('a reload of an agent', () => {
  let machine: LabMachine;
  const inMachine = (...command: string[]) => output(machine.enter(command));
  const statusText = () => inMachine('systemctl', 'show', '--property=StatusText', '--value', machine.program);

  beforeAll(async () => {
    machine = (await sharedLab()).machine('net-vm');
    await inMachine('cp', file, saved);
  });
  afterAll(async () => {
    await inMachine('cp', saved, file);
    await inMachine('systemctl', 'reload', machine.program);
  });

  it('logs which keys of its file need a restart, with the command for it, and shows that until the file is as before', async () => {
    const since = Date.now();
    const needsRestart = `needs a restart: capabilities.services of ${file}`;
    await inMachine('sed', '-i', 's/"web.service"/"web.service", "new.service"/', file);
    await inMachine('systemctl', 'reload', machine.program);
    while (!(await statusText()).includes(needsRestart));
    expect(await machine.logged(machine.program, 'reloaded', { since })).toMatch(
      `reloaded changed=nothing needsRestart=capabilities.services restart="systemctl restart ${machine.program}"`,
    );
    expect(await inMachine('systemctl', 'is-active', machine.program)).toBe('active');
    await inMachine('cp', saved, file);
    await inMachine('systemctl', 'reload', machine.program);
    while ((await statusText()).includes(needsRestart));
  });
});
