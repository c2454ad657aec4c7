// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { AnalyzeCommandGroup } from './commands/analyze.command.js';
import { ApplicationsCommand } from './commands/applications.command.js';
import { CertsCommandGroup } from './commands/certs.command.js';
import { CompleteCommand } from './commands/complete.command.js';
import { CompletionCommand } from './commands/completion.command.js';
import { CtapCommand } from './commands/ctap.command.js';
import { DoctorCommand } from './commands/doctor.command.js';
import { ExecCommand } from './commands/exec.command.js';
import { GetStatsCommand } from './commands/get-stats.command.js';
import { GetStatusCommand } from './commands/get-status.command.js';
import { HistoryCommand } from './commands/history.command.js';
import { HwidCommand } from './commands/hwid.command.js';
import { LogsCommand } from './commands/logs.command.js';
import { NotifyUserCommand } from './commands/notify-user.command.js';
import { PauseCommand } from './commands/pause.command.js';
import { PoliciesCommand } from './commands/policies.command.js';
import { PolicyCommand } from './commands/policy.command.js';
import { PoweroffCommand } from './commands/poweroff.command.js';
import { QueryListCommand } from './commands/query-list.command.js';
import { QueryCommand } from './commands/query.command.js';
import { RebootCommand } from './commands/reboot.command.js';
import { RestartCommand } from './commands/restart.command.js';
import { ResumeCommand } from './commands/resume.command.js';
import { SetLocaleCommand } from './commands/set-locale.command.js';
import { SetTimezoneCommand } from './commands/set-timezone.command.js';
import { StartCommand } from './commands/start.command.js';
import { StatusCommand } from './commands/status.command.js';
import { StopCommand } from './commands/stop.command.js';
import { SuspendCommand } from './commands/suspend.command.js';
import { SysinfoCommand } from './commands/sysinfo.command.js';
import { TestCommand } from './commands/test.command.js';
import { UpdateCommand } from './commands/update.command.js';
import { WaitCommand } from './commands/wait.command.js';
import { WakeupCommand } from './commands/wakeup.command.js';
import { WatchCommand } from './commands/watch.command.js';
import { WifiCommandGroup } from './commands/wifi.command.js';
import { Output } from './output/output.js';
import { GivcCommand } from './root.command.js';

/** Help lists the commands in this order. */
@Module({
  providers: [
    Output,
    GivcCommand,
    ...StartCommand.registerWithSubCommands(),
    ...StopCommand.registerWithSubCommands(),
    ...RestartCommand.registerWithSubCommands(),
    PauseCommand,
    ResumeCommand,
    StatusCommand,
    DoctorCommand,
    ApplicationsCommand,
    QueryCommand,
    QueryListCommand,
    GetStatusCommand,
    GetStatsCommand,
    WatchCommand,
    WaitCommand,
    HistoryCommand,
    LogsCommand,
    ...AnalyzeCommandGroup.registerWithSubCommands(),
    ExecCommand,
    RebootCommand,
    PoweroffCommand,
    SuspendCommand,
    WakeupCommand,
    SysinfoCommand,
    SetLocaleCommand,
    SetTimezoneCommand,
    NotifyUserCommand,
    HwidCommand,
    ...UpdateCommand.registerWithSubCommands(),
    ...WifiCommandGroup.registerWithSubCommands(),
    CtapCommand,
    PoliciesCommand,
    ...PolicyCommand.registerWithSubCommands(),
    ...CertsCommandGroup.registerWithSubCommands(),
    ...TestCommand.registerWithSubCommands(),
    CompletionCommand,
    CompleteCommand,
  ],
})
export class CliModule {}
