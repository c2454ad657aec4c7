// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables of the agent's own process: those that systemd sets for each service (systemd.exec(5), "Environment
 * Variables Set or Propagated by the Service Manager"), and those that shells, Node.js and the start script of this
 * program set.
 */
const ofTheAgent: readonly RegExp[] = [
  /^(NOTIFY_SOCKET|JOURNAL_STREAM|INVOCATION_ID|DEBUG_INVOCATION|LOG_NAMESPACE|PIDFILE|SYSTEMD_EXEC_PID)$/,
  /^(MAINPID|MAINPIDFDID|MANAGERPID|MANAGERPIDFDID|SERVICE_RESULT|EXIT_CODE|EXIT_STATUS|FDSTORE)$/,
  /^(RUNTIME|STATE|CACHE|LOGS|CONFIGURATION|CREDENTIALS)_DIRECTORY$/,
  /^(WATCHDOG|LISTEN|MONITOR|TRIGGER|MEMORY_PRESSURE|REMOTE)_/,
  /^(_|SHLVL|PWD|OLDPWD)$/,
  /^NODE_/,
  // scripts/build.mjs
  /^(MALLOC_ARENA_MAX|MALLOC_MMAP_THRESHOLD_)$/,
];

/**
 * The names and values that systemd accepts (`Environment=` in systemd.exec(5)); Node.js has replaced invalid UTF-8 by
 * U+FFFD.
 */
const isAccepted = (name: string, value: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !/[^\P{Cc}\t\n]|\ufffd/u.test(value);

/**
 * The variables of this agent that an application gets. Variables that the agent has `inherited` from the manager are
 * left out: the manager gives each new service their current values, such as a locale that was set since the agent
 * started.
 */
export function applicationEnvironment(own: Environment, inherited: Environment): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined || value === inherited[name] || !isAccepted(name, value)) continue;
    if (!ofTheAgent.some((pattern) => pattern.test(name))) environment[name] = value;
  }
  return environment;
}
