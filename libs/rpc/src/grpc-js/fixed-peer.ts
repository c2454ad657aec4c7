// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerInterceptor } from '@grpc/grpc-js';

/**
 * Fixes the caller of a call and its address when the stream opens. grpc-js (1.14.7) asks the connection each time,
 * which forgets both when it ends; test/e2e/hang-up.spec.ts guards this.
 */
export const fixPeer: ServerInterceptor = (_, call) => {
  const auth = call.getAuthContext();
  const peer = call.getPeer();
  return Object.assign(call, { getAuthContext: () => auth, getPeer: () => peer }) as ReturnType<ServerInterceptor>;
};
