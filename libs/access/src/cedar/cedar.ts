// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setFlagsFromString } from 'node:v8';

/**
 * Loads Cedar (https://docs.cedarpolicy.com), 4 MB of WebAssembly. It is a dynamic import, so that a daemon
 * without access control does not load it.
 *
 * V8 of Node 20 ends the process ("unreachable code" in `DoComputeBuiltinContinuation`) when a function into which it
 * has inlined a call of WebAssembly is deoptimized while that call returns an object, as all functions of Cedar do. A
 * caller could end a daemon by many different calls: two of ten runs with 100,000 decisions ended so. Node 24 has no
 * such fault. Guarded by cedar.spec.ts.
 */
export function loadCedar() {
  setFlagsFromString('--no-turbo-inline-js-wasm-calls');
  return import('@cedar-policy/cedar-wasm/nodejs');
}

export type Cedar = Awaited<ReturnType<typeof loadCedar>>;
