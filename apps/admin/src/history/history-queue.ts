// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { FairQueue } from '@givc/queue';

/** The open calls about the history, each of which reads its segments or asks every agent. */
@Injectable()
export class HistoryQueue extends FairQueue {
  constructor() {
    super({
      name: 'calls about the history',
      slots: 64,
      ofCaller: 8,
      waiting: 0,
      waitMs: 10_000,
      contestedMs: 600_000,
      fix: 'end one that follows',
    });
  }
}
