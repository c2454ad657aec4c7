// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * An rpc of a service: its path `/pkg.Service/Method`, which sides stream, and how its messages are encoded and
 * decoded.
 */
export interface Rpc<Request, Response> {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  requestSerialize(this: void, value: Request): Buffer;
  requestDeserialize(this: void, bytes: Buffer): Request;
  responseSerialize(this: void, value: Response): Buffer;
  responseDeserialize(this: void, bytes: Buffer): Response;
}
