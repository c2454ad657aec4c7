// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readTlsMaterial, type TlsFiles, type TlsMaterial } from '@givc/rpc';

/**
 * Returns a function that reads the files again, except when it is first called, because a command that waits may
 * outlive its certificate. While the files do not belong together, it returns their last valid contents. Throws
 * INVALID_ARGUMENT when they do not belong together now.
 */
export function renewableMaterial(files: TlsFiles): () => TlsMaterial {
  let material = readTlsMaterial(files);
  let isFirst = true;
  return () => {
    if (isFirst) {
      isFirst = false;
      return material;
    }
    try {
      material = readTlsMaterial(files);
    } catch {
      // They are being replaced, one after another.
    }
    return material;
  };
}
