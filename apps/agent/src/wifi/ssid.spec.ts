import { ssidText } from './ssid.js';

describe('an SSID as text', () => {
  it.each([
    ['plain', Buffer.from('Café 1'), 'Café 1'],
    ['no UTF-8', Buffer.from([0xff, 0x61, 0xc3]), '\u{fffd}a\u{fffd}'],
    ['what a terminal obeys', Buffer.from('\x1b[2J\n'), '\u{fffd}[2J\u{fffd}'],
    ['what reorders text', Buffer.from('a\u202eb'), 'a\u{fffd}b'],
    ['hidden', Buffer.alloc(0), ''],
    ['hidden by zeros', Buffer.alloc(8), ''],
  ])('is harmless: %s', (_, ssid, text) => {
    expect(ssidText(ssid)).toBe(text);
  });
});
