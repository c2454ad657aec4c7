// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Installs what packing needs from the registry, so that it can be done where there is none, as in the lab.
import { installNode } from './node.mjs';

installNode(process.arch);
