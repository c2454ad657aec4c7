// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

interface Codec<Message> {
  encode(message: Message): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

/** The message as its receiver decodes it; undefined when it cannot be encoded. */
export const sentBy =
  <Message>(codec: Codec<Message>) =>
  (message: Message): Message | undefined => {
    let bytes: Uint8Array;
    try {
      bytes = codec.encode(message).finish();
    } catch {
      return undefined;
    }
    return codec.decode(bytes);
  };
