// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerInterceptor } from '@grpc/grpc-js';

/**
 * Has a call say as long as it lasts who made it, and from where: as it was when its stream opened. grpc-js (1.14.7) asks
 * the connection each time, which forgets both when it ends; test/e2e/hang-up.spec.ts guards this.
 */
export const fixPeer: ServerInterceptor = (_, call) => {
  const auth = call.getAuthContext();
  const peer = call.getPeer();
  return Object.assign(call, { getAuthContext: () => auth, getPeer: () => peer }) as ReturnType<ServerInterceptor>;
};
