// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { makeFolder } from './make-folder.js';
export { NewFile, removeLeftovers, setAside } from './new-file.js';
export { readBytes } from './read-bytes.js';
export { openRegular, sha256Of } from './regular-file.js';
export { writeError } from './write-error.js';
