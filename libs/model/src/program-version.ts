// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The version of the running program, which the build inserts; `development` without a build. */
export const programVersion: string = process.env.GIVC_VERSION ?? 'development';
