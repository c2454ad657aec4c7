// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { history } from '@givc/rpc';
import { BootsService } from './boots.service.js';

type Parts = ConstructorParameters<typeof BootsService>;

/** A service with one agent, whose machine is up for as long as `uptimes` say, one for each call. */
function boots(uptimes: number[]) {
  const agent = { vm: 'net-vm', type: { vm: 'SysVM', service: 'Mgr' } };
  const times = () => ({ now_us: uptimes.shift()! * 1_000, virtualization: 'kvm', units: [] });
  const service = new BootsService(
    ...([
      { entries: () => [agent] },
      {},
      { forShortCall: () => ({ call: () => Promise.resolve({ times: times() }) }) },
      { run: (_: unknown, action: () => Promise<void>) => action() },
    ] as unknown as Parts),
  );
  return async (): Promise<number> => {
    const written: history.ListBootsResponse[] = [];
    const write = (answer: history.ListBootsResponse) => written.push(answer);
    const call = { write, once: () => call, getAuthContext: () => ({}), getPeer: () => 'unknown' };
    await service.list(undefined, call as never);
    return written[0]!.boot!.booted_at_ms;
  };
}

describe('BootsService', () => {
  afterEach(() => jest.restoreAllMocks());

  it('says the same of a boot each time, and the new time after another boot', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
    const bootedAt = boots([60_000, 59_970, 60_008, 5_000]);
    expect([await bootedAt(), await bootedAt(), await bootedAt()]).toEqual([940_000, 940_000, 940_000]);
    expect(await bootedAt()).toBe(995_000);
  });
});
