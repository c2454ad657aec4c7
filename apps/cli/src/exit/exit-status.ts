// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The exit statuses of givc-cli; `exec` also ends with that of its program. Their numbers never change. */
export const exitStatus = {
  success: 0,
  failure: 1,
  usage: 2,
  timedOut: 3,
  notSetEverywhere: 4,
  undecided: 5,
  /** 128 and the number of SIGINT, as of a program that the signal ends. */
  interrupted: 130,
} as const;

type Name = keyof typeof exitStatus;
type Meanings = Readonly<Partial<Record<Name, string>>>;

/** When givc-cli ends with each of them. */
export const meanings: Readonly<Record<Name, string>> = {
  success: 'when it is done',
  failure: 'when it failed',
  usage: 'for bad usage',
  timedOut: 'when "wait" has timed out',
  notSetEverywhere: 'when "set-locale" or "set-timezone" is done except in the VMs that the error names',
  undecided: 'when "policy why" is undecided',
  interrupted: 'after Ctrl-C',
};

/** The rest of a sentence about the statuses. */
export const ofProgram = 'of "exec", when the program ran, that of the program';

/** The statuses that mean more, or something else, for a command; `other` as above. */
export const ofCommands = {
  'certs verify': { success: 'when a daemon can use the files', failure: 'when not' },
  doctor: { success: 'without a failure, also with warnings', failure: 'when there is a failure' },
  exec: { other: 'when the program ran, that of the program, or 128 and the number of the signal that has ended it' },
  'policy check': { success: 'without an error, also with warnings', failure: 'when the rules have an error' },
  'policy test': { success: 'when the call is permitted', failure: 'when it is refused' },
  'policy why': {
    success: 'when the call is permitted',
    failure: 'when it is refused',
    undecided: 'when that depends on fields of the request that the audit log does not have',
  },
  'set-locale': { notSetEverywhere: 'when it is done except in the VMs that the error names' },
  'set-timezone': { notSetEverywhere: 'when it is done except in the VMs that the error names' },
  'status --follow': { success: 'after Ctrl-C' },
  'test ensure': { success: 'once the unit is registered', failure: 'when it is not after the last try' },
  'update cachix': { interrupted: 'after Ctrl-C; the update goes on' },
  wait: { success: 'once it is so', failure: 'when it failed', timedOut: 'after --timeout' },
} satisfies Readonly<Record<string, Meanings & { readonly other?: string }>>;

const columns = 120;

const wrapped = (text: string): string =>
  text.replace(new RegExp(`(.{1,${columns}})( |$)`, 'g'), (_, line: string, end: string) => line + (end && '\n'));

function sentence(own: Meanings & { readonly other?: string }): string {
  const parts = Object.entries(exitStatus).flatMap(([name, status]) => {
    const meaning = own[name as Name];
    return meaning === undefined ? [] : [`${status} ${meaning}`];
  });
  const all = [parts.join(', '), ...(own.other === undefined ? [] : [own.other])].filter((part) => part !== '');
  return wrapped(`Exit status: ${all.join('; ')}.`);
}

/** The last paragraph of the help of the root command. */
export const exitStatusHelp = (): string => sentence({ ...meanings, other: ofProgram });

/** The last paragraph of the help of a command that has statuses of its own. */
export const exitStatusHelpOf = (command: keyof typeof ofCommands): string => sentence(ofCommands[command]);
