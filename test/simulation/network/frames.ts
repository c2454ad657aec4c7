// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Metadata } from '@givc/rpc';

/** The frames of a connection: those of HTTP/2 (RFC 9113) and TLS 1.3, simplified. */
export type Frame =
  /** The first frame of a client once the connection is accepted, and its answer. */
  | { readonly kind: 'hello' | 'welcome' }
  | {
      readonly kind: 'call';
      readonly call: number;
      readonly path: string;
      readonly metadata: Metadata;
      /** The remaining time until the caller's deadline. */
      readonly timeoutMs: number;
    }
  | { readonly kind: 'message'; readonly call: number; readonly bytes: Buffer }
  /** The receiver has read this many bytes of the call's messages. */
  | { readonly kind: 'window'; readonly call: number; readonly bytes: number }
  /** The client sends no more messages. */
  | { readonly kind: 'end'; readonly call: number }
  | {
      readonly kind: 'status';
      readonly call: number;
      readonly code: number;
      readonly details: string;
      readonly metadata: Metadata;
    }
  | { readonly kind: 'reset'; readonly call: number }
  | { readonly kind: 'headers'; readonly call: number; readonly metadata: Metadata }
  | { readonly kind: 'ping' | 'pong' }
  /** The server accepts no more calls on this connection. */
  | { readonly kind: 'goaway' };

/** The name of a frame in the event log. */
export function textOf(frame: Frame): string {
  switch (frame.kind) {
    case 'call':
      return `call ${frame.call} ${frame.path}`;
    case 'message':
    case 'window':
      return `${frame.kind} ${frame.call} of ${typeof frame.bytes === 'number' ? frame.bytes : frame.bytes.length} bytes`;
    case 'status':
      return `status ${frame.call} ${frame.code}`;
    case 'end':
    case 'reset':
    case 'headers':
      return `${frame.kind} ${frame.call}`;
    case 'hello':
    case 'welcome':
    case 'ping':
    case 'pong':
    case 'goaway':
      return frame.kind;
  }
}
