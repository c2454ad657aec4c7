// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { parseRecordedCall } from '../../libs/access/src/explain/recorded-call-line.js';
import { target } from './engine/target.js';
import { jsonTexts } from './engine/values.js';

const call = {
  peer: 'gui-vm',
  rpc: '/admin.AdminService/StartService',
  answer: 'PERMISSION_DENIED',
  reason: 'no rule',
};
const lines = [
  { ...call, request: { ServiceName: 'web.service', VmName: 'net-vm' } },
  { peer: 'gui-vm', reason: 'the certificate has expired' },
];

export const auditLines = target({
  ...{
    name: 'audit-lines',
    parses: 'parseRecordedCall of libs/access: a line of an audit log, with what callers sent',
  },
  input: jsonTexts(lines, ['rpc', 'request', '__proto__', 'constructor', call.rpc]),
  parse: (text) => parseRecordedCall('--record', text),
  accepted: ({ rpc }) => assert.match(rpc, /^[\w.]+\/\w+$/),
});
