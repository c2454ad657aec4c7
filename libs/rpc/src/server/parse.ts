// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { PipeTransform } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';

/** Parses the message of an rpc into the value that its handler expects. */
class ParsePipe<Message, Value> implements PipeTransform<Message, Value> {
  constructor(private readonly parser: (message: Message) => Value) {}

  transform(message: Message): Value {
    return this.parser(message);
  }
}

/**
 * Parameter of a handler: its request, parsed. The parser throws INVALID_ARGUMENT that names the field; guards and
 * interceptors have seen the message by then, so that a caller without access learns nothing from the error, and the
 * error is recorded. Other parameters of the handler need a decorator of their own, such as `@Call()`.
 */
export const Parse = <Message, Value>(parser: (message: Message) => Value): ParameterDecorator =>
  Payload(new ParsePipe(parser));
