// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { Coalesced } from './coalesced.js';
export { CoalescingThrottle } from './coalescing-throttle.js';
export { FairQueue, type QueueSettings } from './fair-queue.js';
export { pooled } from './pooled.js';
export { SerialQueue } from './serial-queue.js';
export { callerCancelled, Slot, type QueuedCall } from './slot.js';
