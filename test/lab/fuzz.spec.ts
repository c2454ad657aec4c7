// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createSecureContext } from 'node:tls';
import { readTlsMaterial, services } from '@givc/rpc';
import { connectAdmin, connectAgent } from '../bench/connect.js';
import { memoryOf, processOf } from '../bench/processes.js';
import type { Target } from '../support/raw-connection.js';
import { Random } from './fuzz/random.js';
import { sendRandom } from './fuzz/send-random.js';
import type { Lab } from './lab.js';
import { addresses, adminPort, agentPort, certificatesOf } from './plan.js';
import { waitLimitMs } from './limits.js';
import { recordedLines } from './record.js';
import { sharedLab } from './shared-lab.js';

/** FUZZ_SEED=n repeats the run with that seed. */
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const total = 100_000;
const thirds = 3;
const growthLimit = 40;
const lateGrowthLimit = 15;
const linesLimit = 20;
/** The audit log limits these records for each caller and address: a burst, then a few lines per second. */
const recordLimit = total / 20;

/** The answers of a permitted caller on its own connection. */
const servers = {
  'admin-vm': {
    port: adminPort,
    ask: async () => {
      const admin = connectAdmin();
      const { List } = await admin.queryList().finally(() => admin.close());
      return List.map(({ Name, VmName, VmStatus }) => `${VmName} ${Name} ${VmStatus}`).sort();
    },
  },
  'net-vm': {
    port: agentPort,
    ask: async () => {
      const agent = connectAgent('net-vm');
      const { getUnitStatus } = services['systemd.UnitControlService'];
      const request = { UnitName: 'web.service' };
      return agent.unary(getUnitStatus, request, { deadlineMs: waitLimitMs }).finally(() => agent.close());
    },
  },
} as const;

describe(`a server that is sent ${total} random frames and messages (seed ${seed})`, () => {
  let lab: Lab;
  let target: Omit<Target, 'host' | 'port'>;

  beforeAll(async () => {
    lab = await sharedLab();
    // Random messages would turn its radios on and off, and each change is logged.
    await lab.machine('net-vm').systemctl('stop', 'NetworkManager.service');
    const folder = certificatesOf('operator');
    const files = { ca: `${folder}/ca-cert.pem`, cert: `${folder}/cert.pem`, key: `${folder}/key.pem` };
    target = { secureContext: createSecureContext({ ...readTlsMaterial(files), minVersion: 'TLSv1.3' }) };
  });

  afterAll(() => lab.machine('net-vm').systemctl('start', 'NetworkManager.service'));

  it.each(['admin-vm', 'net-vm'] as const)('is the same as before, on %s', async (name) => {
    const { port, ask } = servers[name];
    const machine = lab.machine(name);
    const pid = processOf(name, machine.program);
    const lines = async () => (await machine.journal(machine.program)).split('\n');
    const random = new Random(seed);
    const [known, logged, memory] = [await ask(), (await lines()).length, [memoryOf(pid).resident]];
    const recorded = (await recordedLines(machine)).length;

    let sent = 0;
    for (let third = 0; third < thirds; third++) {
      sent += await sendRandom({ ...target, host: addresses[name], port }, random, total / thirds);
      expect(await ask()).toEqual(known);
      expect(processOf(name, machine.program)).toBe(pid);
      memory.push(memoryOf(pid).resident);
    }

    expect(sent).toBeGreaterThanOrEqual(total);
    const [before, , second, last] = memory as [number, number, number, number];
    expect(last - before).toBeLessThan(growthLimit);
    expect(last - second).toBeLessThan(lateGrowthLimit);
    const added = (await lines()).slice(logged);
    expect(added.filter((line) => line.includes('"answer":'))).toEqual([]);
    expect(added.length > linesLimit ? added : []).toEqual([]);
    expect((await recordedLines(machine)).length - recorded).toBeLessThan(recordLimit);
    expect(added.filter((line) => line.includes('rpc failed'))).toEqual([]);
  });
});
