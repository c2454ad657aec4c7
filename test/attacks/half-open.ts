// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Callers without a certificate at 40 addresses repeatedly open handshakes and leave them unfinished, and one VM opens
// connections without calls. A machine with a certificate connects and calls meanwhile, at its first attempt.
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';
import { AdminClient } from '@givc/client';
import { messageOf } from '@givc/model';
import { attack, type AttackSystem } from './support.js';
import type { BuiltProgram } from '../support/built-program.js';

const addresses = 40;
const handshakes = 2_100;
const mute = 600;
/** Successful handshakes cost this machine as much as the program, so their rate is limited. */
const reopenMs = 500;
const honestCalls = 20;
/** The memory that the attack may cost the program, in MiB. */
const allowedMiB = 64;
const hello = Buffer.from([0x16, 0x03, 0x01]);

/** Keeps a connection open: it is opened again whenever it is closed. */
class Holder {
  static cuts = 0;
  #socket: Socket | undefined;
  #isOver = false;

  constructor(private readonly open: () => Socket) {
    this.#reopen();
  }

  end(): void {
    this.#isOver = true;
    this.#socket?.destroy();
  }

  /** Resolves once the connection is established. */
  async opened(event: string): Promise<void> {
    if (this.#socket?.connecting) await Promise.race(['close', event].map((name) => once(this.#socket!, name)));
  }

  #reopen(): void {
    if (this.#isOver) return;
    this.#socket = this.open()
      .on('error', () => undefined)
      .resume()
      .once('close', () => {
        if (this.#isOver) return;
        Holder.cuts++;
        setTimeout(() => this.#reopen(), reopenMs);
      });
  }
}

/** Lets honest machines connect and call, each at its first attempt; returns their answers. */
async function served(system: AttackSystem, admin: BuiltProgram): Promise<string[]> {
  const answers: string[] = [];
  for (let n = 0; n < honestCalls; n++) {
    const client = new AdminClient(admin.endpoint, system.material('honest-vm'));
    answers.push(
      await client.queryList({ deadlineMs: 10_000 }).then(
        () => 'OK',
        (error: unknown) => messageOf(error),
      ),
    );
    client.close();
  }
  return answers;
}

async function run(
  system: AttackSystem,
  admin: BuiltProgram,
  what: string,
  holders: () => readonly Holder[],
): Promise<void> {
  const before = admin.memory().now;
  admin.resetPeak();
  Holder.cuts = 0;
  const all = holders();
  await Promise.all(all.map((holder) => holder.opened('connect')));
  const answers = await served(system, admin);
  const { peak } = admin.memory();
  for (const holder of all) holder.end();
  const failures = answers.filter((answer) => answer !== 'OK');
  system.check(
    what,
    failures.length === 0 && admin.isRunning && peak - before < allowedMiB,
    `${honestCalls - failures.length} of ${honestCalls} machines served; ${before.toFixed(0)} MiB before, ` +
      `${peak.toFixed(0)} MiB at most; ${Holder.cuts} connections cut${failures[0] === undefined ? '' : `; ${failures[0]}`}`,
  );
}

await attack(async (system) => {
  const admin = await system.startAdmin();
  await system.client(admin).queryList();
  const { port } = admin;
  const half = (index: number) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.1.${1 + (index % addresses)}` });
    socket.once('connect', () => socket.write(hello));
    return socket;
  };
  await run(system, admin, `${handshakes} half-open handshakes from ${addresses} addresses`, () =>
    Array.from({ length: handshakes }, (_, index) => new Holder(() => half(index))),
  );
  const { ca, cert, key } = system.material('evil-vm');
  const secure = () => {
    // An address that no honest machine uses.
    const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.2.1' }).on('error', () => undefined);
    return connectTls({ socket, servername: 'admin-vm', ALPNProtocols: ['h2'], ca, cert, key });
  };
  await run(system, admin, `${mute} connections of one certificate that never call`, () =>
    Array.from({ length: mute }, () => new Holder(secure)),
  );
});
