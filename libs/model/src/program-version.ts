// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The version of the running program, which the build puts here: `development` in one that was not built. */
export const programVersion: string = process.env.GIVC_VERSION ?? 'development';
