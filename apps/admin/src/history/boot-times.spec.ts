// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { history } from '@givc/rpc';
import { parseBootTimes } from './boot-times.js';

const never = Number.MAX_SAFE_INTEGER;
const times: history.BootTimes = {
  ...{ now_us: 60e6, virtualization: 'kvm', is_container: false },
  ...{ initrd_us: 1e6, userspace_us: 2e6, finish_us: 9e6, session_us: 0, session_finish_us: 0, agent_us: 5e6 },
  units: [
    { name: 'web.service', service_type: 'Svc', starting_us: 60.2e6, active_us: never, inactive_us: 0, after: [] },
  ],
};

describe('the times of a boot', () => {
  it('are unknown when they are after the answer, so that no agent stretches the chart of all', () => {
    const { finish_us, agent_us, units } = parseBootTimes({ times: { ...times, finish_us: never } });
    expect({ finish_us, agent_us }).toEqual({ finish_us: 0, agent_us: 5e6 });
    expect(units).toEqual([{ ...times.units[0], active_us: 0 }]);
  });

  it('are rejected when the machine would have booted before 1970', () => {
    expect(() => parseBootTimes({ times: { ...times, now_us: never } })).toThrow('booted before 1970');
  });
});
