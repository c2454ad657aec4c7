// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { NotifyConfig } from './notify.config.js';
import { NotifyController } from './notify.controller.js';
import { NotifyService } from './notify.service.js';

/** Notifications for the users of this machine. */
@Module({ controllers: [NotifyController], providers: [NotifyService] })
export class NotifyModule {
  static readonly Config = NotifyConfig;
  static readonly services: readonly ServiceName[] = ['notify.UserNotificationService'];
}
