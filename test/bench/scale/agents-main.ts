// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// agents-main CERTIFICATES MACHINES ADMIN-PORT: simulated agents in one process, which is controlled over IPC.
import { now } from '../clock.js';
import { SimulatedAgent } from './agent.js';
import type { AgentsCommand, AgentsEvent } from './processes.js';
import { changeText, machineAddress, machineName, materialIn, unitsOfMachine } from './plan.js';

const [certificates, machines, adminPort] = process.argv.slice(2) as [string, string, string];
const send = (event: AgentsEvent): void => void process.send!(event);

const agents = Array.from({ length: Number(machines) }, (_, index) => {
  const name = machineName(index);
  return new SimulatedAgent({
    ...{ name, address: machineAddress(index), material: materialIn(certificates, name) },
    ...{ adminPort: Number(adminPort), onAccepted },
  });
});

function onAccepted(): void {
  if (agents.every(({ isAccepted }) => isAccepted)) send({ kind: 'all-accepted', at: now() });
}

/** Changes units in turn, so that no two changes of one unit follow each other; resolves when the last one is sent. */
async function change(count: number, perSecond: number): Promise<void> {
  const from = now();
  for (let sent = 0; sent < count; sent++) {
    const due = from + (sent / perSecond) * 1_000;
    if (due > now()) await new Promise((resolve) => setTimeout(resolve, due - now()));
    agents[sent % agents.length]!.change(Math.floor(sent / agents.length) % unitsOfMachine, changeText(now()));
  }
}

process.on('message', (command: AgentsCommand) => {
  switch (command.kind) {
    case 'report':
      for (const agent of agents) agent.report();
      return;
    case 'change':
      void change(command.count, command.perSecond).then(() => send({ kind: 'changed', at: now() }));
  }
});
process.on('disconnect', () => process.exit());

await Promise.all(agents.map((agent) => agent.listen()));
send({ kind: 'ready', at: now() });
