// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { PendingEvents } from './pending-events.js';

describe('a wait', () => {
  it('ends with its first result', async () => {
    const wait = new PendingEvents().start<number>('x', undefined);
    wait.resolve(1);
    wait.reject(new Error('late'));
    await expect(wait.promise).resolves.toBe(1);
  });

  it('rejects with CANCELLED when its signal is aborted, even before the wait', async () => {
    const abort = new AbortController();
    const early = new PendingEvents().start('StartUnit web.service', abort.signal);
    abort.abort();
    const late = new PendingEvents().start('StartUnit web.service', abort.signal);
    for (const wait of [early, late]) await expect(wait.promise).rejects.toMatchObject({ reason: 'CANCELLED' });
  });

  it('rejects together with all others, once', async () => {
    const waits = new PendingEvents();
    const [first, second] = [waits.start('a', undefined), waits.start('b', undefined)];
    first.resolve('done');
    waits.rejectAll(new GivcError('UNAVAILABLE', 'away'));
    await expect(first.promise).resolves.toBe('done');
    await expect(second.promise).rejects.toMatchObject({ reason: 'UNAVAILABLE', message: 'away' });
  });
});
