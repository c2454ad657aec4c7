// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { UnitName } from '@givc/model';
import type { systemd as messages } from '@givc/rpc';
import { FakeSystemd } from '@givc/systemd';
import { allowlistOf } from '../../fixtures/unit-allowlist.fixture.js';
import { UnitMonitor } from './unit-monitor.js';

const web = 'web.service' as UnitName;
const secondNs = 1_000_000_000n;

/** The server's end of a call whose caller may stop reading. */
class FakeCall extends EventEmitter {
  readonly sent: messages.UnitResourceResponse[] = [];
  isReading = true;

  write(usage: messages.UnitResourceResponse): boolean {
    this.sent.push(usage);
    return this.isReading;
  }
}

describe('the monitor of a unit', () => {
  let systemd: FakeSystemd;
  let call: FakeCall;
  let monitor: UnitMonitor;
  /** The readings of systemd. */
  let readings: jest.SpyInstance;
  let failure: unknown;
  let stop: () => void;

  beforeEach(() => {
    jest.useFakeTimers();
    systemd = new FakeSystemd();
    systemd.define(web, { active: true });
    systemd.use(web, { cpuNsec: secondNs, activeNsec: 2n * secondNs });
    readings = jest.spyOn(systemd, 'resourceUsage');
    call = new FakeCall();
    monitor = new UnitMonitor(allowlistOf(web), systemd);
    failure = undefined;
    stop = () => undefined;
  });
  afterEach(() => {
    stop();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  const begin = async () => {
    const subscription = monitor
      .monitor(web, call as never)
      .subscribe({ error: (error: unknown) => (failure = error) });
    stop = () => subscription.unsubscribe();
    await jest.advanceTimersByTimeAsync(0);
  };

  it('answers at once with the average since the unit became active, then each second with the time since', async () => {
    await begin();
    expect(call.sent).toMatchObject([{ cpu_usage: 50 }]);
    systemd.use(web, { cpuNsec: 2n * secondNs, activeNsec: 3n * secondNs });
    await jest.advanceTimersByTimeAsync(999);
    expect(call.sent).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(call.sent).toMatchObject([{ cpu_usage: 50 }, { cpu_usage: 100 }]);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(call.sent).toHaveLength(12);
  });

  it('measures nothing for a caller that does not read, and continues a second after it reads again', async () => {
    call.isReading = false;
    await begin();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(readings).toHaveBeenCalledTimes(1);
    call.isReading = true;
    call.emit('drain');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(readings).toHaveBeenCalledTimes(2);
  });

  it('fails with the reason when the unit has ended', async () => {
    await begin();
    systemd.crash(web);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(failure).toMatchObject({ reason: 'FAILED_PRECONDITION' });
    await jest.advanceTimersByTimeAsync(10_000);
    expect(readings).toHaveBeenCalledTimes(2);
  });

  it('ends when the caller hangs up, even during a call of systemd', async () => {
    await begin();
    stop();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(readings).toHaveBeenCalledTimes(1);
    const subscription = monitor.monitor(web, call as never).subscribe();
    subscription.unsubscribe();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(call.sent).toHaveLength(1);
    expect(readings).toHaveBeenCalledTimes(2);
  });

  it('rejects a unit that is not on the allowlist without a call of systemd', () => {
    expect(() => monitor.monitor('sshd.service' as UnitName, call as never)).toThrow(
      expect.objectContaining({ reason: 'PERMISSION_DENIED' }) as Error,
    );
    expect(readings).not.toHaveBeenCalled();
  });
});
