// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { echoSocket } from '../../lab/plan.js';
import { signalProgram } from '../../lab/observer.js';
import { type Lab } from '../../lab/lab.js';
import { now } from '../clock.js';
import { group, times } from '../measurement.js';

const repetitions = 3;

/**
 * Resolves with a connection from gui-vm to the echo service in net-vm; it is closed at once while the agents have no
 * connection.
 */
async function echoing(lab: Lab) {
  for (;;) {
    const socket = connect(`/proc/${lab.machine('gui-vm').leader()}/root${echoSocket.proxied}`);
    socket.on('error', () => undefined).write('x');
    const closed = new Promise<false>((resolve) => void socket.once('close', () => resolve(false)));
    const echoed = new Promise<true>((resolve) => void socket.once('data', () => resolve(true)));
    if (await Promise.race([echoed, closed])) return { socket: socket.resume(), closed };
  }
}

/** Resolves once the service has no connections. */
async function hasNoConnection(lab: Lab): Promise<void> {
  const counts = connect(`/proc/${lab.machine('net-vm').leader()}/root${echoSocket.service}.count`);
  for await (const count of createInterface({ input: counts })) if (count === '0') break;
  counts.destroy();
}

export const lostSockets = group(['socketAgentKilled', 'socketCut', 'socketBack'], async ({ lab }) => {
  const measured = { killed: [] as number[], cut: [] as number[], back: [] as number[] };
  /** The time until both ends are closed. */
  const bothEnds = async (begin: () => unknown): Promise<number> => {
    const { closed } = await echoing(lab);
    const at = now();
    await begin();
    await Promise.all([closed, hasNoConnection(lab)]);
    return now() - at;
  };
  const netVm = lab.machine('net-vm');
  for (let repetition = 0; repetition < repetitions; repetition++) {
    measured.killed.push(await bothEnds(() => signalProgram('net-vm', 'SIGKILL')));
    measured.cut.push(await bothEnds(() => netVm.disconnect()));
    const back = now();
    await netVm.reconnect();
    (await echoing(lab)).socket.destroy();
    measured.back.push(now() - back);
  }
  return {
    socketAgentKilled: times(measured.killed),
    socketCut: times(measured.cut),
    socketBack: times(measured.back),
  };
});
