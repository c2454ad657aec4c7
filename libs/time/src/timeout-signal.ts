// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Timeout } from './timeout.js';

/** Like `AbortSignal.timeout`, but with the time measured by `Timeout`. */
export function timeoutSignal(ms: number): AbortSignal {
  const controller = new AbortController();
  const expire = () => controller.abort(new DOMException(`not within ${ms / 1_000} s`, 'TimeoutError'));
  new Timeout(ms, expire, { unref: true });
  return controller.signal;
}
