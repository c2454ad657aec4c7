// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The parts of dbus-next that are used, which its own types leave out; wire-connection.ts and variant.ts have the reasons.

declare module 'dbus-next/lib/connection.js' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';

  interface WireMessage {
    type: number;
    serial?: number;
    flags?: number;
    destination?: string;
    sender?: string;
    path?: string;
    interface?: string;
    member?: string;
    errorName?: string;
    replySerial?: number;
    signature?: string;
    body?: unknown[];
  }

  interface Connection extends EventEmitter {
    readonly stream: Socket;
    /** Sends now, or once the handshake is done; throws what cannot be marshalled. */
    message(message: WireMessage): void;
    on(event: 'message', listener: (message: WireMessage) => void): this;
    on(event: 'error', listener: (error: unknown) => void): this;
  }

  export type { Connection, WireMessage };
  export default function createConnection(options: { busAddress: string }): Connection;
}

declare module 'dbus-next/lib/variant.js' {
  export interface Variant {
    readonly signature: string;
    readonly value: unknown;
  }
  const exported: { readonly Variant: new (signature: string, value: unknown) => Variant };
  export default exported;
}
