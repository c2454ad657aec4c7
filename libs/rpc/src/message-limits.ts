// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const kibibyte = 1024;

/** More than any request of one rpc has: names, arguments, a notification, a PIN. */
export const smallMessage = 64 * kibibyte;
/** As in every implementation of gRPC. */
export const largestMessage = 4 * kibibyte * kibibyte;

/** A name, and the host that is asked; both come back in the answer. */
const question = 4 * kibibyte;

/** The rpcs whose callers send more in one message than a request is long, or less; every other takes `smallMessage`. */
const limits: Readonly<Record<string, number>> = {
  // A chunk of a policy is as large as its sender likes.
  '/policyadmin.PolicyAdmin/StreamPolicy': largestMessage,
  // All units of a machine at once.
  '/report.Reports/Report': largestMessage,
  // What a socket carries, and what a program reads.
  '/socketproxy.SocketStream/TransferData': largestMessage,
  '/exec.Exec/RunCommand': largestMessage,
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo': question,
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo': question,
};

/** How many bytes a message to this rpc, `/package.Service/Method`, may have. */
export const messageLimit = (path: string): number => limits[path] ?? smallMessage;
