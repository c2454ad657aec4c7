/** An SSID has 1 to 32 bytes (IEEE 802.11-2020, 9.4.2.2). */
export const ssidMax = 32;

const harmful = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * An SSID as text. Anybody may send any bytes as one: what is no UTF-8, or what a terminal would obey, becomes U+FFFD.
 * The SSID of a hidden network is empty: access points send nothing, or as many zeros.
 */
export const ssidText = (ssid: Buffer): string =>
  ssid.every((byte) => byte === 0) ? '' : ssid.toString('utf8').replace(harmful, '\u{fffd}');
