// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { exec } from '@givc/rpc';
import { FakeCall } from './exec-call.fixture.js';
import { firstFrame } from './relay-command.js';

const start: exec.CommandRequest = {
  Command: { $case: 'Start', value: { Command: 'cat', Arguments: [], EnvVars: {} } },
};

describe('the first message of a call', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('is awaited for at most 10 s', async () => {
    const first = firstFrame(new FakeCall().asCall);
    jest.advanceTimersByTime(9_999);
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(1);
    await expect(first).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED', message: 'no Start within 10 s' });
  });

  it('ends the wait, and later messages wait for a listener', async () => {
    const call = new FakeCall();
    const first = firstFrame(call.asCall);
    call.emit('data', start);
    await expect(first).resolves.toBe(start);
    expect(call.isPaused()).toBe(true);
  });

  it('is no longer awaited when the caller hangs up', async () => {
    const call = new FakeCall();
    const first = firstFrame(call.asCall);
    call.hangUp();
    await expect(first).rejects.toMatchObject({ reason: 'CANCELLED', message: 'the caller hung up' });
  });

  it('is missing when the caller ends the call without one', async () => {
    const call = new FakeCall();
    const first = firstFrame(call.asCall);
    call.emit('end');
    await expect(first).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: 'Command: the first message is Start, and there was none',
    });
  });
});
