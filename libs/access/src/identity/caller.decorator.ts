// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createParamDecorator, type ArgumentsHost } from '@nestjs/common';
import { callOf } from '@givc/rpc';
import { callerOf, type Caller as CallerOfCall } from './peer.js';

/**
 * Parameter of a handler: the caller of its call. Other parameters of the handler need a decorator of their own, such
 * as `@Parse`.
 */
export const Caller = createParamDecorator((_data: unknown, context: ArgumentsHost): CallerOfCall =>
  callerOf(callOf(context)),
);
export type Caller = CallerOfCall;
