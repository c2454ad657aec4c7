// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { describeJournal } from '../../apps/agent/src/journal/journal-contract.fixture.js';
import { RealJournal } from './real-journal.js';
import { sharedLab } from './shared-lab.js';

describeJournal('journalctl', async () => new RealJournal((await sharedLab()).machine('net-vm')));
