// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { PipeTransform } from '@nestjs/common';
import { PARAM_ARGS_METADATA } from '@nestjs/microservices/constants.js';
import { GivcError, invalid } from '@givc/model';
import { Parse } from './parse.js';

class Controller {
  handler(
    @Parse(({ Port }: { Port: string }) => {
      if (Port === '') throw invalid('Port', 'it is missing');
      return Number(Port);
    })
    _port: number,
  ): void {}
}

const [parameter] = Object.values(
  Reflect.getMetadata(PARAM_ARGS_METADATA, Controller, 'handler') as Record<string, { pipes: PipeTransform[] }>,
);
const [pipe] = parameter!.pipes;
const parse = (message: object): unknown => pipe!.transform(message, { type: 'body' });

describe('the pipe of a request', () => {
  it('returns the result of the parser', () => {
    expect(parse({ Port: '9000' })).toBe(9000);
  });

  it('throws the error of the parser', () => {
    expect(() => parse({ Port: '' })).toThrow(GivcError);
  });
});
