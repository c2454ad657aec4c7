// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The exit statuses of a daemon, as in systemd.exec(5). */
export const daemonStatus = { success: 0, failure: 1, usage: 2 } as const;

/** When a daemon ends with each of them, which the help of each daemon says. */
export const daemonStatusMeanings: Readonly<Record<keyof typeof daemonStatus, string>> = {
  success: 'after SIGTERM or SIGINT, or when what was to check or print is right',
  failure: 'when it cannot listen or has failed',
  usage: 'for bad usage or a bad configuration, also one that is only checked',
};

/** The last paragraph of the help. */
export const daemonStatusHelp = (): string => {
  const { success, failure, usage } = daemonStatusMeanings;
  return (
    `\nExit status: ${daemonStatus.success} ${success},\n` +
    `${daemonStatus.failure} ${failure}, ${daemonStatus.usage} ${usage}.`
  );
};
