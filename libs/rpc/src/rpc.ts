// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { MethodDefinition } from '@grpc/grpc-js';

/** An rpc of a service: its path `/pkg.Service/Method`, which sides stream, and how its messages are encoded and decoded. */
export type Rpc<Request, Response> = MethodDefinition<Request, Response>;
