// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { notChecked, type Checked } from './checked.js';
export { daemonCommand, requireOption } from './daemon-command.js';
export { logOption, logWarnings } from './log-option.js';
export { DaemonStatus } from './daemon-status.js';
export { daemonStatus, daemonStatusHelp, daemonStatusMeanings } from './exit-status.js';
export { listenBeside } from './side-listener.js';
export { optionSettings, printConfigOption, type Printed } from './print-config.js';
export { PendingRestart, type PendingRestartParts } from './pending-restart.js';
export { withVariables } from './with-variables.js';
export { runDaemon, type Daemon } from './run-daemon.js';
export type { Reloadable } from './reload.js';
