// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { SetMetadata, type ExecutionContext } from '@nestjs/common';

const key = 'givc:entry-authorization';
const calls = new WeakSet<object>();

/**
 * Marks a handler whose stream is opened also when no rule mentions it, because it asks the rules about every entry that
 * the stream brings. A rule that forbids the stream is final.
 */
export const EntryAuthorization = (): MethodDecorator => SetMetadata(key, true);

export const hasEntryAuthorization = (context: ExecutionContext): boolean =>
  Reflect.getMetadata(key, context.getHandler()) === true;

/** Remembers, as long as the call lasts, that no rule has permitted it as a whole. */
export const authorizeEntries = (call: object): void => void calls.add(call);

/** Whether the rules have to be asked about every entry of the call. */
export const mustAuthorizeEntries = (call: object): boolean => calls.has(call);
