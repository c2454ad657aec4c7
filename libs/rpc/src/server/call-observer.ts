// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** Is notified of each call of an rpc of this server, whether its handler, a guard, or the server itself answers it. */
export interface CallObserver {
  /**
   * A call of `package.Service/Method` has begun. The returned function is called once, when the stream of the call is
   * closed, with the name of the status that was sent; CANCELLED when the caller hung up before that.
   */
  began(rpc: string, isUnary: boolean): (answer: string) => void;
}
