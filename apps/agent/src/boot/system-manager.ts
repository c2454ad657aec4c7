// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { defaultBus } from '@givc/dbus';
import { DbusSystemd, Systemd, type ManagerTimes } from '@givc/systemd';

/** The times of the service manager of the machine, which an agent in a session reaches by the system bus. */
@Injectable()
export class SystemManager {
  constructor(private readonly systemd: Systemd) {}

  /** Whether the agent runs in the session of a user, whose manager is another one. */
  readonly isOther = defaultBus() === 'session';

  /** Undefined when the system bus cannot be reached. */
  async times(): Promise<ManagerTimes | undefined> {
    if (!this.isOther) return this.systemd.managerTimes();
    let system: DbusSystemd | undefined;
    try {
      system = await DbusSystemd.connect({ bus: 'system' });
      return await system.managerTimes();
    } catch {
      return undefined;
    } finally {
      await system?.close();
    }
  }
}
