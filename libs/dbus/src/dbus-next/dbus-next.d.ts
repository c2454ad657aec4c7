// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The parts of dbus-next that are used, which its own types leave out: variant.ts has the reason. All but the variant
// are used by tests only: as a foreign implementation, and for programs that serve what the product calls.

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

declare module 'dbus-next/lib/marshall-compat.js' {
  import type { WireMessage } from 'dbus-next/lib/connection.js';

  const exported: {
    /** Throws what cannot be marshalled. The second element holds file descriptors. */
    marshallMessage(message: WireMessage): [bytes: Buffer, descriptors: unknown[]];
  };
  export default exported;
}

declare module 'dbus-next/lib/message.js' {
  import type { WireMessage } from 'dbus-next/lib/connection.js';

  interface ReadableOf {
    on(event: 'readable', listener: () => void): unknown;
    read(length: number): Buffer | null;
  }

  const exported: {
    unmarshalMessages(stream: ReadableOf, onMessage: (message: WireMessage) => void): void;
  };
  export default exported;
}

declare module 'dbus-next/lib/variant.js' {
  export interface Variant {
    readonly signature: string;
    readonly value: unknown;
  }
  const exported: { readonly Variant: new (signature: string, value: unknown) => Variant };
  export default exported;
}
