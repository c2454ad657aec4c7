// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const kibibyte = 1024;

/** Larger than any request of one rpc: names, arguments, a notification, a PIN. */
export const smallMessage = 64 * kibibyte;
/** The default of every implementation of gRPC. */
export const largestMessage = 4 * kibibyte * kibibyte;

/** A name, and the requested host; both are part of the answer. */
const question = 4 * kibibyte;

/** The rpcs whose messages may be larger or smaller than a request; every other rpc has `smallMessage`. */
const limits: Readonly<Record<string, number>> = {
  // The sender chooses the size of a chunk of a policy.
  '/policyadmin.PolicyAdmin/StreamPolicy': largestMessage,
  // All units of a machine at once.
  '/report.Reports/Report': largestMessage,
  // The data of a socket, and the input of a program.
  '/socketproxy.SocketStream/TransferData': largestMessage,
  '/exec.Exec/RunCommand': largestMessage,
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo': question,
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo': question,
};

/** The maximum size of a message to this rpc, `/package.Service/Method`, in bytes. */
export const messageLimit = (path: string): number => limits[path] ?? smallMessage;
