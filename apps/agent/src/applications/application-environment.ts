// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What belongs to the agent's own process: what systemd gives to each service alone (systemd.exec(5), "Environment
 * Variables Set or Propagated by the Service Manager"), what shells, Node.js and the start of this program set.
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

/** Names and values that systemd takes (`Environment=` in systemd.exec(5)); Node.js has put U+FFFD where a value is no UTF-8. */
const isAccepted = (name: string, value: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !/[^\P{Cc}\t\n]|\ufffd/u.test(value);

/**
 * The variables of this agent that an application gets. What the agent has from the manager, `inherited`, is left
 * to the manager, which gives it to each service as it is by then: so a locale that was set since is the application's.
 */
export function applicationEnvironment(own: Environment, inherited: Environment): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value === undefined || value === inherited[name] || !isAccepted(name, value)) continue;
    if (!ofTheAgent.some((pattern) => pattern.test(name))) environment[name] = value;
  }
  return environment;
}
