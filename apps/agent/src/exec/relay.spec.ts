import { Duplex } from 'node:stream';
import { firstFrame, type ExecCall } from './relay.js';

const start = { Command: { $case: 'Start', value: {} } };

describe('the first message of a call', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const silentCall = (): ExecCall => new Duplex({ objectMode: true, read() {} }) as unknown as ExecCall;

  it('is waited for no longer than 10 s', async () => {
    const first = firstFrame(silentCall());
    jest.advanceTimersByTime(10_000);
    await expect(first).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED', message: 'no Start within 10 s' });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends the waiting', async () => {
    const call = silentCall();
    const first = firstFrame(call);
    call.emit('data', start);
    await expect(first).resolves.toBe(start);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is waited for no longer when the caller hangs up', async () => {
    const call = silentCall();
    const first = firstFrame(call);
    call.emit('cancelled');
    await expect(first).rejects.toMatchObject({ reason: 'CANCELLED' });
    expect(jest.getTimerCount()).toBe(0);
  });
});
