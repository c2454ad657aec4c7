// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { FakeVsockNetwork } from './fake-vsock.js';
export { KernelVsock } from './kernel-vsock.js';
export { anyCid, anyPort, Vsock, type ConnectOptions, type VsockAddress } from './vsock.js';
