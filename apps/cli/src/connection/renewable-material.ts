// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readTlsMaterial, type TlsFiles, type TlsMaterial } from '@givc/rpc';

/**
 * What the files hold by the time that the returned function is called, as a command that waits may outlive its
 * certificate. While they do not fit together, that is what they held before. Throws INVALID_ARGUMENT when they do not
 * fit together to begin with.
 */
export function renewableMaterial(files: TlsFiles): () => TlsMaterial {
  let material = readTlsMaterial(files);
  return () => {
    try {
      material = readTlsMaterial(files);
    } catch {
      // They are being replaced, one after another.
    }
    return material;
  };
}
