// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseKeyRequest } from './ctap-request.js';

const request = (more: object) => ({ Req: 'ctap.GetInfo', Args: [], Payload: Buffer.alloc(0), ...more });

describe('a request for a security key', () => {
  it.each([
    ['ctap.GetInfo', 'qctap-get-info'],
    ['ctap.ClientPin', 'qctap-client-pin'],
    ['u2f.Register', 'qctap-make-credential'],
    ['u2f.Authenticate', 'qctap-get-assertion'],
  ])('runs for %s the program %s', (Req, program) => {
    expect(parseKeyRequest(request({ Req })).program).toBe(program);
  });

  it('is passed on unchanged', () => {
    const Args = ['--help', '', '$(id)', 'ä'];
    const Payload = Buffer.from([0, 255]);
    expect(parseKeyRequest(request({ Args, Payload }))).toMatchObject({ args: Args, payload: Payload });
  });

  it.each([
    [
      'an unknown name',
      { Req: 'ctap.Reset' },
      'Req: invalid request "ctap.Reset": expected ctap.GetInfo, ctap.ClientPin',
    ],
    ['a name of every object', { Req: 'toString' }, 'Req: '],
    ['the name of a program', { Req: 'qctap-get-info' }, 'Req: '],
    ['no name', { Req: '' }, 'Req: '],
    ['an argument with a NUL', { Args: ['a', 'secret\0'] }, 'Args[1]: an argument of a program has no NUL'],
    ['a long argument', { Args: ['x'.repeat(4_097)] }, 'Args[0]: it is longer than 4096 bytes'],
    ['many arguments', { Args: Array(33).fill('x') }, 'Args: there are more than 32'],
    [
      'a payload that is too long for any key',
      { Payload: Buffer.alloc(65_537) },
      'Payload: it is longer than 65536 bytes',
    ],
  ])('is rejected with %s', (_, more, message) => {
    expect(() => parseKeyRequest(request(more))).toThrow(
      expect.objectContaining({
        reason: 'INVALID_ARGUMENT',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });
});
