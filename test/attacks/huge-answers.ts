// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The agent of a VM answers the admin with texts of the maximum length of a message: in states, in statistics, and in
// error messages.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Server, status, type sendUnaryData } from '@grpc/grpc-js';
import { messageOf } from '@givc/model';
import { services } from '@givc/rpc';
import { listen } from '../support/grpc-server.js';
import { untilFolder } from '../support/until-folder.js';
import { attack, type AttackSystem } from './support.js';

const huge = 'x'.repeat(120_000);
/** The maximum size of what the admin passes on, logs in a line, or keeps in a file. */
const allowedBytes = 100_000;
/** The length of an error message. */
const allowedWords = 3_000;

const state = { LoadState: 'loaded', ActiveState: 'active', SubState: 'running', FreezerState: 'running' };
const unitStatus = { UnitStatus: { ...state, Name: 'givc-evil-vm.service', Description: huge, Path: '' } };
const process = { Name: 'p'.repeat(3_500), User: 1, Sys: 1, ResSetSize: 1 };
const statistics = {
  Process: {
    ...{ CpuProcesses: Array(35).fill(process) as object[], MemProcesses: [], Total: 1, Running: 1 },
    ...{ UserCycles: 1, SysCycles: 1, TotalCycles: 1 },
  },
};

/** The agent of evil-vm; resolves with its port. */
async function startAgent(system: AttackSystem): Promise<number> {
  const server = new Server();
  const answering =
    (answer: object) =>
    (_: unknown, done: sendUnaryData<object>): void =>
      done(null, answer);
  const refusing = (_: unknown, done: sendUnaryData<object>): void =>
    done({ code: status.FAILED_PRECONDITION, details: 'r'.repeat(6_000) });
  server.addService(services['systemd.UnitControlService'], {
    getUnitStatus: answering(unitStatus),
    stopUnit: refusing,
  });
  server.addService(services['stats.StatsService'], { getStats: answering(statistics) });
  system.onEnd(() => server.forceShutdown());
  return listen(server, system.material('evil-vm'));
}

await attack(async (system) => {
  const admin = await system.startAdmin();
  const port = await startAgent(system);
  const evil = system.client(admin, 'evil-vm');
  const register = (request: object) =>
    evil.registerService({
      ...{ Name: 'givc-evil-vm.service', Parent: '', Type: 8, State: undefined },
      Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: String(port), Name: 'evil-vm' },
      ...request,
    });
  await register({});
  await register({ Name: 'web.service', Parent: 'givc-evil-vm.service', Type: 9 });
  const honest = system.client(admin);
  const hangUp = new AbortController();
  const changes = honest.watchOnce({}, { signal: hangUp.signal });
  // By then the admin has requested the state of the unit; the watch stays open.
  for (let isAsked = false; !isAsked;) {
    const { value, done } = await changes.next();
    if (done) throw new Error('the admin has ended the watch');
    const { Status } = value;
    const items = Status?.$case === 'Initial' ? Status.value.List : Status ? [Status.value] : [];
    isAsked = items.some(({ Name, Description }) => Name === 'web.service' && Description !== '');
  }
  const sizeOf = (asking: Promise<object>) =>
    asking.then(
      (answer) => JSON.stringify(answer).length,
      (error: unknown) => messageOf(error).length,
    );
  for (const [what, asking] of [
    ['the state of a unit', () => honest.getUnitStatus({ VmName: 'evil-vm', UnitName: 'web.service' })],
    ['statistics', () => honest.getStats({ VmName: 'evil-vm' })],
    ['a refusal', () => honest.stopService({ VmName: 'evil-vm', ServiceName: 'web.service' })],
    ['the list of all', () => honest.queryList()],
  ] as const) {
    const bytes = await sizeOf(asking());
    const allowed = what === 'a refusal' ? allowedWords : allowedBytes;
    system.check(`${what} of an agent that answers with all that fits`, bytes < allowed, `${bytes} bytes`);
  }
  hangUp.abort();
  const longest = Math.max(0, ...admin.lines.map((line) => line.length));
  system.check('the longest line of the log', longest < allowedBytes, `${longest} bytes`);
  const state = join(system.folder, 'admin-vm', 'state');
  await untilFolder(state, (names) => names.includes('registry.json'));
  const file = readFileSync(join(state, 'registry.json'), 'utf8').length;
  system.check('the file of the registry', file < allowedBytes, `${file} bytes`);
});
