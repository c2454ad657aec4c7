// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName, UnitStatus } from '@givc/model';
import { unknownManagerTimes, unknownUnitTimes, type ManagerTimes, type UnitTimes } from './boot-times.js';

/** A service that systemd runs without a unit file, and forgets when it has ended (systemd-run(1)). */
export interface TransientService {
  /** No unit file of this name, or of its template, may be installed. */
  readonly unit: UnitName;
  /** The description that systemctl(1) shows. */
  readonly description: string;
  /** Absolute path of the program, then its arguments; no shell reads them. */
  readonly command: readonly [string, ...string[]];
  /**
   * `always`: it is started again half a second after it has ended, whatever the reason, until it has been started
   * five times within 30 s; then it has failed. Without it, the service is not restarted.
   */
  readonly restart?: 'always';
  /** The user that it runs as. The manager of a session runs services as its own user only. */
  readonly user?: string;
  /** Variables in addition to those that the manager gives to every service; these take precedence. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Restricts the service; files that it creates are accessible to its own user only. */
  readonly sandbox?: Sandbox;
}

/**
 * The permissions of a service: unix sockets, reading and writing in `writes`, and reading the rest of the system.
 * Other users' homes, temporary files, devices and processes are hidden unless one of the paths is there. The manager
 * of a session restricts only its system calls.
 */
export interface Sandbox {
  /** Folders, absolute. */
  readonly writes: readonly string[];
  /** Other paths that must be visible to it, absolute. */
  readonly reads: readonly string[];
}

/** The resource usage of a unit's control group. */
export interface ResourceUsage {
  /** CPU time of all its processes since the unit left its inactive state, in nanoseconds. */
  readonly cpuNsec: bigint;
  /** The time since then, in nanoseconds. */
  readonly activeNsec: bigint;
  /** Memory that its processes hold now, in bytes. */
  readonly memoryBytes: number;
  /** Processes and threads. */
  readonly tasks: number;
  /** Automatic restarts since the unit was started by a job; undefined for other types than services. */
  readonly restarts?: number | undefined;
}

/** The ending of the last run of a service, in the words of org.freedesktop.systemd1(5). */
export interface Ending {
  /** `Result` of the service: `success`, `exit-code`, `signal`, `core-dump`, `timeout`, ... */
  readonly result: string;
  /** `ExecMainStatus`: the exit status, or the number of the signal. */
  readonly exitStatus: number;
  /** Whether a job of systemd stopped it, so that its end was requested. */
  readonly stopRequested: boolean;
}

/** How long systemd waits for the jobs of a unit, in milliseconds; Infinity when it does not give up. */
export interface TimeLimits {
  readonly startMs: number;
  readonly stopMs: number;
}

/** Gets each change of a unit: its state and, for a service that has ended, the ending if systemd has sent it. */
export type OnUnitChange = (status: UnitStatus, ending?: Ending) => void;

/** A subscription. Further calls of `close` have no effect. */
export interface UnitWatch {
  /** Ends the subscription; nothing is reported after this returns. */
  close(): void;
}

/**
 * The service manager of this machine or of this user's session, as org.freedesktop.systemd1(5) describes it.
 *
 * Every method rejects with a `GivcError`: NOT_FOUND when systemd does not know the unit, FAILED_PRECONDITION with
 * systemd's own message when it rejects a call or a job does not end as `done`, UNAVAILABLE while the bus cannot be
 * reached. An aborted `signal` rejects with CANCELLED and leaves the job to systemd.
 *
 * A method reports what it does to a unit to the unit's watches before it resolves, because systemd signals the changes
 * of a unit before the end of their job. The state in an answer may be older than the last one that a watch reported.
 */
export abstract class Systemd {
  /**
   * Resolves once the unit's start job is done, with the state it then has. Resolves at once for a running unit. A unit
   * that is active without a process (`hasExited`) is started again. The info of UNAVAILABLE is `JOB_ACCEPTED` when
   * systemd left the bus after it had accepted the job, and `SYSTEMD_AWAY` when it could not be called.
   */
  abstract startUnit(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus>;

  /**
   * Resolves once the unit has stopped, with `inactive` and `dead`, also when it failed on its way; a frozen unit is
   * thawed first. A unit that is already gone counts as stopped.
   */
  abstract stopUnit(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus>;

  /**
   * Sends SIGKILL to all processes of the unit, thawed first, and resolves once it has left its active states, also
   * when systemd is about to start it again. FAILED_PRECONDITION when it does not run.
   */
  abstract killUnit(unit: UnitName, signal?: AbortSignal): Promise<UnitStatus>;

  /** Resolves once every process of the unit is frozen; FAILED_PRECONDITION when it does not run. */
  abstract freezeUnit(unit: UnitName): Promise<UnitStatus>;

  /** Resolves once the unit runs again, at once if it was not frozen; FAILED_PRECONDITION when it does not run. */
  abstract thawUnit(unit: UnitName): Promise<UnitStatus>;

  /**
   * Resolves once the program runs; rejects with ALREADY_EXISTS when a transient unit of that name is loaded, and with
   * FAILED_PRECONDITION when a unit file of that name, or of its template, is installed. A failed start is not retried,
   * whatever `restart` says.
   */
  abstract startTransientService(service: TransientService, signal?: AbortSignal): Promise<UnitStatus>;

  /**
   * Whether a service with `restart` that was started from this very description, also by an earlier run of this
   * program, runs or is about to.
   */
  abstract isRunningAs(service: TransientService): Promise<boolean>;

  /** The loaded units without a unit file whose names match one of the glob patterns, in no particular order. */
  abstract listTransientUnits(patterns: readonly string[]): Promise<UnitName[]>;

  /** Resolves with the state that systemd has now. An installed unit that is not loaded is loaded for that. */
  abstract unitStatus(unit: UnitName): Promise<UnitStatus>;

  /** Every loaded unit whose name matches one of the glob patterns, in no particular order. */
  abstract listUnits(patterns: readonly string[]): Promise<UnitStatus[]>;

  /** FAILED_PRECONDITION unless the unit is active. */
  abstract resourceUsage(unit: UnitName): Promise<ResourceUsage>;

  /**
   * Reports each change of the unit's state in the order in which systemd made them, from the moment at which the
   * promise resolves. A unit that systemd does not know counts as inactive and dead: a watch may wait for it, and
   * continues when the unit is unloaded. A freeze or thaw that another client requests is reported with the next change
   * only, since systemd sends no signal for it. After systemd or the bus was away, the state found then is reported,
   * changed or not.
   */
  abstract watchUnit(unit: UnitName, onChange: OnUnitChange): Promise<UnitWatch>;

  /**
   * `TimeoutStartUSec` and `TimeoutStopUSec` of a service; undefined for units of other types. NOT_FOUND as
   * `unitStatus`.
   */
  abstract timeLimits(unit: UnitName): Promise<TimeLimits | undefined>;

  /** The version of systemd, `252.39-1~deb12u1`. */
  abstract version(): Promise<string>;

  /** Whether the machine, or the session, is being shut down (`SystemState` is `stopping`). */
  abstract isStopping(): Promise<boolean>;

  /** The environment that systemd gives to each process it starts now, beside the variables of the unit. */
  abstract managerEnvironment(): Promise<Readonly<Record<string, string>>>;

  /**
   * Changes the environment of processes that systemd starts from now on; running ones keep theirs. Undefined removes a
   * variable that was set by this method. A variable with which the manager itself was started, such as those of
   * locale.conf(5) at boot, gets its old value back.
   */
  abstract setEnvironment(variables: Readonly<Record<string, string | undefined>>): Promise<void>;

  /** When the manager reached the stages of its boot; a fake knows no times. */
  managerTimes(): Promise<ManagerTimes> {
    return Promise.resolve(unknownManagerTimes);
  }

  /** The times of the last activation of a unit; a fake knows none. */
  unitTimes(_unit: UnitName): Promise<UnitTimes> {
    return Promise.resolve(unknownUnitTimes);
  }

  /** Ends the connection. Whatever is pending rejects with UNAVAILABLE. */
  abstract close(): Promise<void>;
}
