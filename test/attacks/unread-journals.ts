// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Two callers follow an endless journal as often as they may, and read nothing: admin and agent stay small, a third
// caller reads, and no journalctl is left when the two hang up.
import { execFileSync } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { journal } from '@givc/rpc';
import { attack } from './support.js';

const allowedMiB = 48;
const readers = 20;
/** How long the memory of the programs may grow. */
const forMs = 3_000;
const { readJournal: read } = journal.JournalServiceService;

await attack(async (system) => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-journals-'));
  system.onEnd(() => rmSync(folder, { recursive: true }));
  const message = 'x'.repeat(40_000);
  execFileSync('mkfifo', [join(folder, 'open')]);
  // Each program has the pipe open until it ends.
  const script = `#!/bin/sh\nexec 9> ${folder}/open\necho > ${folder}/$$\nwhile :; do printf 'MESSAGE=${message}\\n\\n'; done\n`;
  writeFileSync(join(folder, 'journalctl'), script, { mode: 0o755 });
  process.env['PATH'] = `${folder}:${process.env['PATH']}`;
  /** The number of programs that have begun and not ended. */
  const running = (): number =>
    readdirSync(folder).filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}`)).length;
  const admin = await system.startAdmin();
  const agent = await system.startAgent('net-vm', { admin, capabilities: { journal: { enable: true } } });
  const client = system.client(admin);
  const unit = 'givc-net-vm.service';
  for await (const event of client.watch()) {
    const items = event.type === 'list' ? event.items : event.type === 'added' ? [event.item] : [];
    if (items.some(({ Name }) => Name === unit)) break;
  }
  const before = { admin: admin.memory().now, agent: agent.memory().now };
  for (const program of [admin, agent]) program.resetPeak();
  const request = { vm: 'net-vm', units: [unit], follow: true, since: undefined };
  let rejected = 0;
  const leaving = new AbortController();
  const pipe = createReadStream(join(folder, 'open')).resume();
  const ended = once(pipe, 'end', { signal: AbortSignal.timeout(60_000) });
  ended.catch(() => undefined);
  setMaxListeners(0, leaving.signal);
  for (const name of ['evil-vm', 'wicked-vm']) {
    const evil = system.channel(admin, name);
    const calls = Array.from({ length: readers }, () => evil.serverStream(read, request, { signal: leaving.signal }));
    await Promise.all(calls.map((call) => call.next().catch(() => rejected++)));
  }
  await pause(forMs);
  const most = running();
  const honest = client.readJournal(request);
  const isServed = ((await honest.next()).value?.entries.length ?? 0) > 0;
  await honest.return();
  const grown = { admin: admin.memory().peak - before.admin, agent: agent.memory().peak - before.agent };
  system.check(
    `${2 * readers} readers of two callers that read nothing of an endless journal`,
    Math.max(grown.admin, grown.agent) < allowedMiB && isServed && rejected === 2 * readers - most,
    `${grown.admin.toFixed(0)} MiB more in the admin and ${grown.agent.toFixed(0)} in the agent, ${rejected} rejected; ` +
      `others are ${isServed ? '' : 'not '}served`,
  );
  leaving.abort();
  const isOver = await ended.then(
    () => true,
    () => false,
  );
  system.check('the end of these readers', isOver, `${isOver ? 0 : running()} of ${most} programs are left`);
});
