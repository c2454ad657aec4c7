// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run soak -- [--minutes N] [--seed S]: random faults and random calls in the lab, and after each cycle a quiet
// moment in which the registry must agree with the expected state. Prints its event log; exits with status 1 when
// something differed.
import { parseArgs } from 'node:util';
import { connectAdmin } from '../bench/connect.js';
import { Lab } from '../lab/lab.js';
import { inNamespaces } from '../lab/namespaces.js';
import { EventLog, elapsed } from './event-log.js';
import { DaemonMemory } from './memory.js';
import { QuietMoment } from './quiet.js';
import { Random } from '../model/random.js';
import { RegistryMirror } from '../model/registry-mirror.js';
import { runCycle } from './cycle.js';

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes ?? 10);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  process.stderr.write('usage: npm run soak -- [--minutes NUMBER] [--seed WHOLE-NUMBER]\n');
  process.exit(2);
}

await inNamespaces();

/** In the last part of the time these daemons are not ended, so that their memory can be compared. */
const sparedPart = 0.4;
const spared = ['admin-vm', 'host'] as const;

const eventLog = new EventLog();
process.stdout.write(`seed ${seed}, ${minutes} minutes\n`);
const lab = await Lab.start();
const admin = connectAdmin();
const mirror = new RegistryMirror(admin, {
  onProblem: (problem) => eventLog.difference(`a Watch sends what it may not: ${problem}`),
});
const memory = new DaemonMemory();
const quiet = new QuietMoment(lab, admin, mirror, eventLog);
const random = new Random(seed);
try {
  const end = elapsed() + minutes * 60_000;
  await quiet.check();
  while (elapsed() < end) {
    await runCycle(
      { lab, admin, mirror, eventLog: eventLog },
      random,
      end - elapsed() < sparedPart * minutes * 60_000 ? spared : [],
    );
    await quiet.check();
    memory.sample();
  }
  memory.report(eventLog);
  process.stdout.write(`${eventLog.summary()}\nseed ${seed}\n`);
} catch (error) {
  eventLog.difference(
    `the soak cannot go on: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
} finally {
  mirror.close();
  admin.close();
  await lab.stop();
}
process.exit(eventLog.differences === 0 ? 0 : 1);
