// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { NEVER, of, Subject } from 'rxjs';
import { GivcError } from '@givc/model';
import { ClosingInterceptor } from './closing.interceptor.js';
import type { GrpcServer } from './grpc-server.js';

describe('a call of a server that closes', () => {
  const closing = new Subject<never>();
  const interceptor = new ClosingInterceptor({ closing } as unknown as GrpcServer);
  const intercept = (handler: CallHandler) => interceptor.intercept({} as ExecutionContext, handler);

  it('ends with the error of the close', () => {
    const reasons: string[] = [];
    const answers: unknown[] = [];
    intercept({ handle: () => of('an answer') }).subscribe((answer) => answers.push(answer));
    intercept({ handle: () => NEVER }).subscribe({ error: ({ reason }: GivcError) => reasons.push(reason) });
    closing.error(new GivcError('UNAVAILABLE', 'the server is shutting down'));
    expect(answers).toEqual(['an answer']);
    expect(reasons).toEqual(['UNAVAILABLE']);
  });
});
