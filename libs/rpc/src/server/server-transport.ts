// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Address } from '@givc/model';

/** Brings calls to the handlers of a server. */
export interface ServerTransport {
  /** Before `open`: the methods of one service under the names of the proto file, and those handlers that there are. */
  addService(service: ServiceDefinition, handlers: UntypedServiceImplementation): void;
  /** Accepts calls from now on; resolves with the addresses where it does, with real ports. */
  open(): Promise<readonly Address[]>;
  /** How many connections are open now. */
  connections(): Promise<number>;
  /** Accepts nothing more, and resolves when all connections have ended; what has not after 150 ms is cut. */
  close(): Promise<void>;
}
