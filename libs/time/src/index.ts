// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { Alarm } from './alarm.js';
export { backoffMs, pause, type Backoff } from './backoff.js';
export { processClock, type ProcessClock } from './process-clock.js';
export { timeoutSignal } from './timeout-signal.js';
export { Timeout, type TimeoutOptions } from './timeout.js';
