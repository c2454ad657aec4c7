// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ClientDuplexStream } from '@grpc/grpc-js';

/**
 * The client's end of a call in which both sides stream: the requests are written, the responses are read. It emits
 * `error` with a `CallError` when the call fails and `end` when the server has ended it; `cancel()` ends it early.
 */
export type OutgoingBidiCall<Request, Response> = ClientDuplexStream<Request, Response>;
