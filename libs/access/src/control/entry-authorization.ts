// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { SetMetadata, type ExecutionContext } from '@nestjs/common';

const key = 'givc:entry-authorization';
const calls = new WeakSet<object>();

/**
 * Marks a handler whose stream opens even when no rule mentions it, because it authorizes every entry of the stream. A
 * rule that forbids the stream is final.
 */
export const EntryAuthorization = (): MethodDecorator => SetMetadata(key, true);

export const hasEntryAuthorization = (context: ExecutionContext): boolean =>
  Reflect.getMetadata(key, context.getHandler()) === true;

/** Stores for the duration of the call that no rule has permitted it as a whole. */
export const authorizeEntries = (call: object): void => void calls.add(call);

/** Whether every entry of the call has to be authorized. */
export const mustAuthorizeEntries = (call: object): boolean => calls.has(call);
