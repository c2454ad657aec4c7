// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { configClass } from '../config/config-class.js';
import { onlyEnable } from '../config/enable.js';

/** `capabilities.journal`: shows the journal of units that the agent may control. */
export class JournalConfig extends configClass(onlyEnable) {}
