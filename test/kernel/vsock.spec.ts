// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { describeVsock } from '../../libs/vsock/src/contract/vsock-contract.fixture.js';
import { KernelVsock } from '../../libs/vsock/src/kernel-vsock.js';

const vsock = new KernelVsock();

// Both ends are this machine, whose own CID is 1 (VMADDR_CID_LOCAL).
describeVsock('the vsock of the kernel', () => ({
  server: vsock,
  serverCid: 1,
  client: vsock,
  clientCid: 1,
  missingCid: 99,
}));
