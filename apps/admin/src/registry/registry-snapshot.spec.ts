import { agentEntry, unitEntry, vmEntry, vmNamed } from './registry.fixture.js';
import { formatSnapshot, parseSnapshot } from './registry-snapshot.js';

describe('the snapshot of the registry', () => {
  const reread = (text: string) => parseSnapshot(JSON.parse(text));

  it('keeps all that outlives the admin, and nothing of the moment', () => {
    const entries = [
      agentEntry('net-vm', { certifiedAt: 1_234, bootId: 'b' }),
      unitEntry('net-vm', 'web.service', { stopAsked: true }),
      vmEntry('net-vm'),
      unitEntry('net-vm', 'clock@0.service', {}, 'App'),
    ];
    expect(reread(formatSnapshot({ hostName: vmNamed('host'), entries }))).toEqual({
      hostName: 'host',
      entries: [agentEntry('net-vm', { certifiedAt: 1_234, bootId: 'b', presence: undefined }), ...entries.slice(1)],
    });
  });

  it('keeps every kind of endpoint', () => {
    const name = vmNamed('net-vm');
    for (const address of [
      { protocol: 'tcp', host: 'fd00::1', port: 65_535 },
      { protocol: 'unix', path: '/run/agent.sock' },
      { protocol: 'abstract', path: 'agent' },
      { protocol: 'vsock', cid: 4_294_967_295, port: 1 },
    ] as const) {
      const entries = [agentEntry('net-vm', { endpoint: { name, address } })];
      expect(reread(formatSnapshot({ hostName: undefined, entries })).entries[0]?.endpoint).toEqual({ name, address });
    }
  });

  it('is one line of JSON', () => {
    expect(formatSnapshot({ hostName: undefined, entries: [] })).toBe('{"version":1,"entries":[]}\n');
  });

  const good = formatSnapshot({ hostName: vmNamed('host'), entries: [agentEntry('net-vm'), vmEntry('net-vm')] });
  it.each<[string, string, string | RegExp]>([
    ['of another version', good.replace('"version":1', '"version":2'), /version/],
    ['with a name that is none', good.replace('"unit":"givc-net-vm.service"', '"unit":"../x"'), /entries.*unit/],
    ['with a machine that is none', good.replace('"machine":"host"', '"machine":"../x"'), /entries.*machine/],
    ['with a type that is none', good.replace('"type":8', '"type":15'), /entries.*type/],
    ['with an endpoint that is none', good.replace('"Port":"9000"', '"Port":"x"'), /entries.*Port/],
    ['without a state', good.replace(/"status":\{[^}]*\},/, ''), /entries.*status/],
    ['with a state that lacks a word', good.replace('"LoadState":"loaded",', ''), /entries.*LoadState/],
  ])('is refused by its place when it is one %s', (_, text, place) => {
    expect(text).not.toBe(good);
    expect(() => reread(text)).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }) as Error);
    expect(() => reread(text)).toThrow(place);
  });
});
