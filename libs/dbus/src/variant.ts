// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import variants, { type Variant as VariantOf } from 'dbus-next/lib/variant.js';

/** A value with its signature, as D-Bus has them. */
export const Variant = variants.Variant;
export type Variant = VariantOf;
