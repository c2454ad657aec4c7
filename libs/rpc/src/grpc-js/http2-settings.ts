// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Settings } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/**
 * Adds settings of HTTP/2 (RFC 9113, 6.5.2) to those that a server sends to its peers; call this before it listens.
 * grpc-js (1.14.7) has options for some of them only, and passes on this private field: http2-settings.spec.ts fails
 * when it changes.
 */
export function addHttp2Settings(server: Server, settings: Settings): void {
  const internals = server as unknown as { commonServerOptions: { settings?: Settings } };
  internals.commonServerOptions.settings = { ...internals.commonServerOptions.settings, ...settings };
}
