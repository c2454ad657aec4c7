// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, Option, RootCommand } from 'nest-commander';
import { exitStatusHelp } from './exit/exit-status.js';
import { CommandGroup } from './usage/command-group.js';

/** The global options, which `parseConnection` interprets. */
@RootCommand({
  name: 'givc-cli',
  description: 'Lists and controls the virtual machines of this computer, their units and applications.',
})
export class GivcCommand extends CommandGroup {
  @Option({
    flags: '--addr <address>',
    description: 'address of the admin, or the path of its unix socket (default: 127.0.0.1, env: GIVC_ADDR)',
  })
  addr(value: string): string {
    return value;
  }

  @Option({ flags: '--port <port>', description: 'port of the admin (default: 9000, env: GIVC_PORT)' })
  port(value: string): string {
    return value;
  }

  @Option({
    flags: '--name <name>',
    description: "name that the admin's certificate must carry (default: admin.ghaf, env: GIVC_NAME)",
  })
  name(value: string): string {
    return value;
  }

  @Option({ flags: '--vsock <cid:port>', description: 'reach the admin over vsock instead of TCP' })
  vsock(value: string): string {
    return value;
  }

  @Option({
    flags: '--cacert <file>',
    description: 'certificate of the authority of the admin, PEM (env: GIVC_CA_CERT)',
  })
  cacert(value: string): string {
    return value;
  }

  @Option({ flags: '--cert <file>', description: 'certificate of this machine, PEM (env: GIVC_HOST_CERT)' })
  cert(value: string): string {
    return value;
  }

  @Option({ flags: '--key <file>', description: 'private key of this machine, PEM (env: GIVC_HOST_KEY)' })
  key(value: string): string {
    return value;
  }

  @Option({ flags: '--notls', description: 'plain text without authentication (env: GIVC_NO_TLS=true)' })
  notls(): boolean {
    return true;
  }

  @Option({ flags: '--verbose', description: 'print the trace id of the calls on stderr, before they are made' })
  verbose(): boolean {
    return true;
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli --cacert ca.pem --cert cert.pem --key key.pem query
  givc-cli start app chromium --vm chrome-vm -- https://example.org
  givc-cli start app --help

${exitStatusHelp()}`;
  }
}
