// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Calls } from '../calls.js';
import type { PresenceRule } from '../rules/presence.js';
import type { RestoredRule } from '../rules/restored.js';
import type { World } from '../world.js';
import type { Watchers } from './watchers.js';

/** The objects on which actions act. */
export interface Stage {
  readonly world: World;
  readonly calls: Calls;
  readonly watchers: Watchers;
  readonly presence: PresenceRule;
  readonly restored: RestoredRule;
}
