// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { Alarm } from './alarm.js';
export { Backoff, type BackoffLimits } from './backoff.js';
export { pause } from './pause.js';
export { processClock, type ProcessClock } from './process-clock.js';
export { retry, type RetryOptions } from './retry.js';
export { timeoutSignal } from './timeout-signal.js';
export { Timeout, type TimeoutOptions } from './timeout.js';
export { TokenBucket, type Rate } from './token-bucket.js';
