// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Numbers of RFC 9113 (sections 6.1 and 7), by the names of the constants of node:http2. That module takes a third of
// the time in which an empty program starts, so it is loaded with the first connection.

export const NGHTTP2_NO_ERROR = 0;
export const NGHTTP2_REFUSED_STREAM = 7;
export const NGHTTP2_CANCEL = 8;
export const NGHTTP2_ENHANCE_YOUR_CALM = 11;
export const NGHTTP2_INADEQUATE_SECURITY = 12;
export const NGHTTP2_FLAG_END_STREAM = 1;
