// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { describeSystemd } from '../../libs/systemd/src/contract/systemd-contract.fixture.js';
import { RealSystemd } from './real-systemd.js';
import { sharedLab } from './shared-lab.js';

describeSystemd('systemd over D-Bus', async () => RealSystemd.open((await sharedLab()).machine('net-vm')));
