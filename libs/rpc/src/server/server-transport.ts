// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Address } from '@givc/model';

/** Passes calls to the handlers of a server. */
export interface ServerTransport {
  /** Called before `open`: the methods of one service under the names of the proto file, and their handlers. */
  addService(service: ServiceDefinition, handlers: UntypedServiceImplementation): void;
  /** Accepts calls from now on; resolves with the addresses, with the actual ports. */
  open(): Promise<readonly Address[]>;
  /** The number of open connections. */
  connections(): Promise<number>;
  /** Accepts nothing more, and resolves when all connections have ended; those that are left after 150 ms are cut. */
  close(): Promise<void>;
}
