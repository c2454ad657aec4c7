// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ArgumentsHost } from '@nestjs/common';
import type { ServerCall } from './call.js';

function notRpc(): never {
  throw new TypeError('this is a call of gRPC');
}

/** A call as guards see it. Its arguments are the request, unless the caller streams, and the call. */
export class CallContext implements ArgumentsHost {
  readonly #args: readonly unknown[];

  constructor(call: ServerCall, request: unknown) {
    this.#args = request === undefined ? [call] : [request, call];
  }

  getArgs<Args extends unknown[]>(): Args {
    return this.#args as Args;
  }

  getArgByIndex<Value>(index: number): Value {
    return this.#args[index] as Value;
  }

  getType<Type extends string>(): Type {
    return 'rpc' as Type;
  }

  switchToRpc() {
    return { getData: <T>() => this.#args[0] as T, getContext: <T>() => this.#args.at(-1) as T };
  }

  switchToHttp = notRpc;
  switchToWs = notRpc;
}
