import { Duplex } from 'node:stream';
import { GivcError } from '@givc/model';
import type { report } from '@givc/rpc';
import { AgentLink, type ReportCall } from './agent-link.js';

const told = (What: report.Told['What']): report.Told => ({ What });
const picture = told({ $case: 'Picture', value: { Agent: undefined, Units: [], HeartbeatMs: 60_000, BootId: '' } });
const heartbeat = told({ $case: 'Heartbeat', value: {} });
const change = told({ $case: 'Change', value: { Unit: undefined, Ending: undefined, SinceMs: 0 } });

describe('the stream of an agent', () => {
  it('counts no more once it has ended, whatever is still on its way', async () => {
    const heard: report.Heard[] = [];
    const call = new Duplex({
      objectMode: true,
      read: () => undefined,
      write: (message: report.Heard, _encoding, done) => {
        heard.push(message);
        done();
      },
    });
    let changes = 0;
    const link = new AgentLink(call as unknown as ReportCall, {
      picture: () => [],
      change: () => void changes++,
    });
    call.emit('data', picture);
    call.emit('data', change);
    link.close(new GivcError('ABORTED', 'another stream has replaced this one'));
    call.emit('data', change);
    await expect(link.ended).rejects.toMatchObject({ reason: 'ABORTED' });
    // What the admin would have acknowledged by now.
    await new Promise((resolve) => setImmediate(resolve));
    expect(changes).toBe(1);
    expect(heard.map(({ What }) => What?.$case)).toEqual(['Taken']);
    call.destroy();
  });

  it.each([50, -50_000])('does not mind that the clock of the machine jumps by %i minutes', async (minutes) => {
    jest.useFakeTimers();
    try {
      const call = new Duplex({
        objectMode: true,
        read: () => undefined,
        write: (_message, _encoding, done) => done(),
      });
      const link = new AgentLink(call as unknown as ReportCall, { picture: () => [], change: () => undefined });
      let ended: unknown;
      link.ended.catch((error: unknown) => (ended = error));
      call.emit('data', picture);
      await jest.advanceTimersByTimeAsync(60_000);
      call.emit('data', heartbeat);
      jest.setSystemTime(Date.now() + minutes * 60_000);
      await jest.advanceTimersByTimeAsync(2.5 * 60_000);
      expect(ended).toBeUndefined();
      await jest.advanceTimersByTimeAsync(1);
      expect(ended).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
      call.destroy();
    } finally {
      jest.useRealTimers();
    }
  });
});
