// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError, type VmName } from '@givc/model';
import { stopVm } from './stop-vm.js';

const vm = 'net-vm' as VmName;

describe('the stop of a VM', () => {
  let stopped: object[];

  /** An admin whose Watch fails with this error. */
  const admin = (error: GivcError, answer: () => Promise<object> = () => Promise.resolve({})) =>
    ({
      // eslint-disable-next-line @typescript-eslint/require-await, require-yield
      async *watchOnce() {
        throw error;
      },
      stopService: (request: object) => {
        stopped.push(request);
        return answer();
      },
    }) as unknown as AdminClient;

  beforeEach(() => {
    stopped = [];
  });

  it('calls StopService with the name of its unit alone when the caller may not watch the registry', async () => {
    await stopVm(admin(new GivcError('PERMISSION_DENIED', 'it may not call Watch')), vm);
    expect(stopped).toEqual([{ ServiceName: 'microvm@net-vm.service', VmName: '' }]);
  });

  it('fails when the caller may not stop the unit either', async () => {
    const denied = new GivcError('PERMISSION_DENIED', 'it may not call StopService');
    await expect(
      stopVm(
        admin(denied, () => Promise.reject(denied)),
        vm,
      ),
    ).rejects.toBe(denied);
  });

  it('fails, and stops nothing, when the registry cannot be watched for another reason', async () => {
    const away = new GivcError('UNAVAILABLE', 'the admin cannot be reached');
    await expect(stopVm(admin(away), vm)).rejects.toBe(away);
    expect(stopped).toEqual([]);
  });
});
