// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { formatSnapshot, parseSnapshot } from '../../apps/admin/src/persistence/registry-snapshot.js';
import { requirePlain } from './engine/requirements.js';
import { target } from './engine/target.js';
import { jsonLike } from './engine/values.js';

const status = {
  ...{ Name: 'web.service', Description: 'web', LoadState: 'loaded', ActiveState: 'active', SubState: 'running' },
  ...{ Path: '/org/x', FreezerState: 'running' },
};
const machine = { vm: 'net-vm', machine: 'net-vm', agent: 'givc-net-vm.service' };
const endpoint = { Protocol: 'tcp', Address: '192.168.100.3', Port: '9000', Name: 'net-vm' };
const unit = { unit: 'web.service', type: 9, status, ...machine };
const agent = {
  ...{ unit: 'givc-net-vm.service', type: 8, status: { ...status, Name: 'givc-net-vm.service' }, ...machine },
  ...{ endpoint, certifiedAt: 1_700_000_000_000, bootId: '8f2c1a34', stopRequested: false },
};

/** The first entry is as this version writes it; the others are of earlier and later versions. */
const files = [
  { version: 1, hostName: 'ghaf-host', entries: [agent, unit] },
  { version: 1, entries: [agent, { ...unit, stopRequested: true }] },
  { version: 1, hostName: null, entries: [{ ...agent, newer: 'key' }, unit] },
  { version: 2, entries: [unit] },
  { version: 0, entries: [unit] },
];

export const registryFiles = target({
  ...{
    name: 'registry-files',
    parses: 'parseSnapshot of apps/admin: the registry of an admin that ran before, of any version',
  },
  input: jsonLike(files, ['host', '__proto__', 'givc-a.service', 'microvm@a.service']),
  rejection: { reasons: ['INVALID_ARGUMENT'], messageMax: 11 * 2_000, hasLines: true },
  outputMax: 256 * 1024,
  parse: (json) => parseSnapshot(json),
  accepted: ({ hostName, entries, warnings }, json) => {
    assert.equal((json as { version: number }).version, 1, 'it is of another version');
    for (const warning of warnings) {
      requirePlain(warning, 'a warning');
      assert(warning.length <= 2_500, `a warning has ${warning.length} characters`);
    }
    for (const entry of entries) {
      for (const text of Object.values({ ...entry.status })) requirePlain(text, 'a status');
      requirePlain(entry.bootId ?? '');
      if (entry.type.service === 'Mgr') assert(entry.endpoint && entry.unit === `givc-${entry.machine}.service`);
    }
    const written = formatSnapshot({ hostName, entries });
    const again = parseSnapshot(JSON.parse(written));
    assert.deepEqual(again.warnings, []);
    assert.equal(formatSnapshot(again), written);
  },
});
