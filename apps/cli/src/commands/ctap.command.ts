// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help } from 'nest-commander';
import { AdminCommand } from '../connection/admin-command.js';
import { readStdin } from '../input/stdin.js';

const payloadMax = 64 * 1024;

@Command({
  name: 'ctap',
  description: 'Sends a request to a security key, with stdin as its payload; the raw answer is written to stdout.',
  arguments: '<request>',
  argsDescription: {
    request: 'ctap.GetInfo, ctap.ClientPin, u2f.Register or u2f.Authenticate, and its arguments: REQ+ARG+ARG',
  },
})
export class CtapCommand extends AdminCommand {
  async run([request = '']: string[]): Promise<void> {
    const [Req = '', ...Args] = request.split('+');
    const Payload = await readStdin('the payload', payloadMax);
    const asked = this.withAdmin((admin) => admin.ctap({ Req, Args, Payload }));
    const { Output } = await this.output.meanwhile('the security key may be waiting for a touch', asked);
    this.output.bytes(Output);
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli ctap u2f.Register+1 < request > answer';
  }
}
