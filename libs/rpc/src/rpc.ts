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
  /** The protobuf encoding of a request, without the prefix of gRPC. */
  requestSerialize(this: void, value: Request): Buffer;
  /** Throws when the bytes are not a request. */
  requestDeserialize(this: void, bytes: Buffer): Request;
  /** The protobuf encoding of a response, without the prefix of gRPC. */
  responseSerialize(this: void, value: Response): Buffer;
  /** Throws when the bytes are not a response. */
  responseDeserialize(this: void, bytes: Buffer): Response;
}
