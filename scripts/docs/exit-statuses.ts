// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { daemonStatus, daemonStatusMeanings } from '@givc/daemon';
import { exitStatus, meanings, ofCommands, ofProgram } from '../../apps/cli/src/exit/exit-status.js';
import type { Page } from './page.js';
import { cell, code, table } from './reference/tables.js';

type Statuses = Readonly<Record<string, number>>;
type Meanings = Readonly<Partial<Record<string, string>>>;

/** Commands are in quotation marks in a help. */
const meaningCell = (text: string): string => cell(text.replace(/"([^"]*)"/g, '`$1`'));

const rowsOf = (statuses: Statuses, texts: Meanings): readonly string[][] =>
  Object.entries(statuses).flatMap(([name, status]) => {
    const meaning = texts[name];
    return meaning === undefined ? [] : [[code(String(status)), meaningCell(meaning)]];
  });

/** `docs/exit-status.md`, from the statuses with which the programs end and the texts of their help. */
export function exitStatusPage(): Page {
  const head = ['status', 'when'];
  const cli = [...rowsOf(exitStatus, meanings), ['other', meaningCell(ofProgram)]];
  const commands = Object.entries<Meanings>(ofCommands).flatMap(([command, own]) => {
    const rows = [...rowsOf(exitStatus, own), ...(own['other'] === undefined ? [] : [['other', cell(own['other'])]])];
    return rows.map((row) => [code(command), ...row]);
  });
  const text = `# Exit status

\`node --import tsx scripts/exit-statuses.ts\` writes this page from the code of the programs, of which the help has the
same texts. The numbers never change.

## givc-cli
${table(head, cli)}
A failure is one line on stderr. If the reader of the output ends first, such as head(1), the status is ${code(String(exitStatus.success))}.

These commands have statuses of their own, beside \`${exitStatus.usage}\` for bad usage and \`${exitStatus.failure}\` for a failure:
${table(['command', ...head], commands)}
## givc-admin and givc-agent
${table(head, rowsOf(daemonStatus, daemonStatusMeanings))}
\`givc-admin --check\` and \`givc-agent -check\` [check a configuration](configuration.md#checking): the status is
\`${daemonStatus.usage}\` if the start would fail with it. The units of the packages are not restarted after that status
(\`RestartPreventExitStatus=\` of systemd.service(5)).
`;
  return { file: 'docs/exit-status.md', text };
}
