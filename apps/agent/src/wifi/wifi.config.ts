// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { configClass } from '../config/config-class.js';
import { onlyEnable } from '../config/enable.js';

/** `capabilities.wifi`. */
export class WifiConfig extends configClass(onlyEnable) {}
