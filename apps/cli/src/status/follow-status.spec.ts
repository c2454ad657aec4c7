// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { AdminClient } from '@givc/client';
import { GivcError } from '@givc/model';
import { followStatus } from './follow-status.js';

/** A terminal that records what was written to it. */
class FakeTerminal extends EventEmitter {
  readonly columns = 60;
  readonly rows = 10;
  text = '';

  write(text: string): boolean {
    this.text += text;
    this.emit('written');
    return true;
  }

  async shows(text: string): Promise<void> {
    while (!this.text.includes(text)) await new Promise((resolve) => this.once('written', resolve));
  }
}

/** An admin whose watch fails with this message. */
const failing = (message: string): AdminClient =>
  ({
    // eslint-disable-next-line require-yield, @typescript-eslint/require-await
    async *watchOnce() {
      throw new GivcError('UNAVAILABLE', message);
    },
    queryList: () => Promise.reject(new GivcError('UNAVAILABLE', message)),
    close: () => undefined,
  }) as unknown as AdminClient;

describe('a tree that is kept current', () => {
  it('shows above the tree, as printable text, why the admin is unreachable', async () => {
    const terminal = new FakeTerminal();
    const reach = {
      name: 'the admin',
      connect: () => failing('a\u001b[2J\u009b2Jb\r\nc'),
      explain: (error: unknown) => error,
    };
    const followed = followStatus(reach, terminal as unknown as NodeJS.WriteStream, { colour: false });
    await terminal.shows('a [2J 2Jb c\u001b[K');
    process.emit('SIGINT');
    await followed;
    expect(terminal.text).not.toContain('\u001b[2J');
    expect(terminal.text).not.toContain('\u009b');
  });
});
