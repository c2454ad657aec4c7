// npm run soak -- [--minutes N] [--seed S]: breaks things at random in the lab while callers call, and compares the
// registry with what the machines' systemds say at each quiet moment. Prints what it did, and every difference.
import { randomInt } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Lab } from '../lab/lab.js';
import { inNamespaces } from '../lab/namespaces.js';
import { type MachineName } from '../lab/plan.js';
import { connectAdmin } from '../bench/connect.js';
import { Callers } from './calls.js';
import { breakThings, firstLine } from './faults.js';
import { elapsedMs, tell } from './journal.js';
import { readMemory, type Reading } from './memory.js';
import { Random } from './random.js';
import { truth } from './truth.js';

await inNamespaces();

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } });
const totalMs = Number(values.minutes) * 60_000;
const random = new Random(Number(values.seed ?? randomInt(1, 2 ** 31)));
const quietLimitMs = 20_000;
const growth = 1.1;
const differences: string[] = [];

/** What the registry has, in the words of `truth`. */
async function registry(): Promise<string[]> {
  const admin = connectAdmin();
  try {
    const { List } = await admin.queryList();
    return List.map(
      ({ VmName, Name, VmStatus }) => `${VmName} ${Name} ${VmStatus.replace('Paused', 'Running')}`,
    ).sort();
  } finally {
    admin.close();
  }
}

/** Resolves with what differs when nothing has differed for once, or when the time is over. */
async function compare(lab: Lab): Promise<string[]> {
  const started = performance.now();
  for (;;) {
    let different: string[];
    try {
      const [is, shouldBe] = [await registry(), await truth(lab)];
      different = [
        ...is.filter((row) => !shouldBe.includes(row)).map((row) => `the registry has: ${row}`),
        ...shouldBe.filter((row) => !is.includes(row)).map((row) => `it should have: ${row}`),
      ];
    } catch (error) {
      different = [`nobody can be asked: ${firstLine(error)}`];
    }
    if (different.length === 0) {
      tell(`all is as it should be, after ${Math.round(performance.now() - started)} ms`);
      return [];
    }
    if (performance.now() - started > quietLimitMs) return different;
    // Nothing tells when two sides agree: each is looked at again.
    await setTimeout(200);
  }
}

function compareMemory(before: ReadonlyMap<MachineName, Reading>, after: ReadonlyMap<MachineName, Reading>): void {
  for (const [name, { pid, resident }] of after) {
    const earlier = before.get(name);
    const since = earlier?.pid === pid ? ` (${earlier.resident.toFixed(1)} at first)` : ' (a newer process)';
    tell(`memory of ${name}: ${resident.toFixed(1)} MB${since}`);
    if (earlier?.pid === pid && resident > earlier.resident * growth)
      differences.push(`memory of ${name}: ${earlier.resident.toFixed(1)} MB became ${resident.toFixed(1)} MB`);
  }
}

tell(`seed ${random.seed}, ${values.minutes} minutes`);
const lab = await Lab.start();
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
const callers = new Callers(random);
let memory: Map<MachineName, Reading> | undefined;
try {
  for (let round = 1; elapsedMs() < totalMs && !stopping.signal.aborted; round++) {
    // From two fifths on the admin is not killed, so that its memory can be compared.
    const spareAdmin = elapsedMs() > totalMs * 0.4;
    if (spareAdmin && elapsedMs() > Math.max(120_000, totalMs * 0.45)) memory ??= readMemory();
    const quiet = new AbortController();
    const calling = callers.run(3, quiet.signal);
    await breakThings(lab, random, spareAdmin);
    await setTimeout(random.below(1_500));
    quiet.abort();
    await calling;
    for (const row of await compare(lab)) {
      differences.push(`round ${round}: ${row}`);
      tell(`DIFFERENCE ${row}`);
    }
    await lab.mend().catch((error: unknown) => differences.push(`round ${round}: not mended: ${firstLine(error)}`));
  }
  if (memory) compareMemory(memory, readMemory());
} finally {
  await lab.stop();
}
tell(`answers: ${[...callers.answers].map(([answer, count]) => `${answer} ${count}`).join(', ')}`);
for (const message of callers.internal) tell(`answered INTERNAL: ${message}`);
for (const slow of callers.tooLong) differences.push(`a call took too long: ${slow}`);
for (const difference of differences) process.stdout.write(`DIFFERENCE ${difference}\n`);
tell(differences.length === 0 ? 'no difference' : `${differences.length} differences`);
process.exit(differences.length === 0 ? 0 : 1);
