// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { DescriptorAdopter } from './descriptor-adopter.js';
export { Libc, loadLibc, type SystemCall } from './libc.js';
export { SystemCallError } from './system-call-error.js';
