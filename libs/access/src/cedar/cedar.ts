// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Loads Cedar (https://docs.cedarpolicy.com), 4 MB of WebAssembly. It is a dynamic import, so that a daemon
 * without access control does not load it.
 */
export const loadCedar = () => import('@cedar-policy/cedar-wasm/nodejs');

export type Cedar = Awaited<ReturnType<typeof loadCedar>>;
