import type { AdminClient } from '@givc/client';
import { status, type ClientDuplexStream } from '@grpc/grpc-js';
import { type admin, report } from '@givc/rpc';
import { FakeSystemd } from '@givc/systemd';
import { transportOf, type UnitName } from '@givc/model';
import { TestSystem, type TestAgent } from '../support/test-system.js';

const web = 'web.service' as UnitName;
const running = { LoadState: 'loaded', ActiveState: 'active', SubState: 'running', FreezerState: 'running', Path: '' };

const agentOf = (name: string): admin.RegistryRequest => ({
  Name: `givc-${name}.service`,
  Parent: '',
  Type: 8,
  Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: '1', Name: name },
  State: { ...running, Name: `givc-${name}.service`, Description: name },
});

const unitOf = (name: string, vm: string, description = name): report.Change => ({
  Unit: {
    ...agentOf(vm),
    Name: name,
    Parent: `givc-${vm}.service`,
    Type: 9,
    State: { ...running, Name: name, Description: description },
  },
  Ending: undefined,
  SinceMs: 0,
});

describe('reports of agents', () => {
  let system: TestSystem;
  let client: AdminClient;

  afterEach(() => system.stop());

  const start = async (options: Parameters<typeof TestSystem.start>[0] = {}) => {
    system = await TestSystem.start(options);
    client = system.client();
  };
  const startWeb = async (heartbeatMs?: number): Promise<TestAgent> => {
    const systemd = new FakeSystemd();
    systemd.define(web, { active: true });
    const agent = await system.startAgent('net-vm', {
      systemd,
      heartbeatMs,
      capabilities: { services: [web], applications: [{ name: 'clock', command: '/bin/clock' }] },
    });
    await system.until((list) => list.some(({ Name }) => Name === web));
    return agent;
  };
  const webIs = (VmStatus: string) =>
    system.until((list) => list.some((item) => item.Name === web && item.VmStatus === VmStatus));
  const machines = async () =>
    (await system.channel(system.admin).unary(report.MachinesService.listMachines, {})).Machines;

  /** A stream of a machine that says what the test wants. */
  function stream(vm: string): {
    readonly call: ClientDuplexStream<report.Told, report.Heard>;
    say(what: report.Told['What']): void;
    heard(): Promise<report.Heard['What']>;
    readonly ended: Promise<{ code: number; details: string }>;
  } {
    const call = system.channel(system.admin, vm).duplex(report.ReportsService.report);
    const received: report.Heard['What'][] = [];
    let wake = () => {};
    call.on('data', ({ What }: report.Heard) => {
      received.push(What);
      wake();
    });
    const ended = new Promise<{ code: number; details: string }>((resolve) => {
      call.on('error', () => undefined);
      call.on('status', resolve);
    });
    return {
      call,
      say: (What) => void call.write({ What }),
      heard: async () => {
        while (received.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        return received.shift();
      },
      ended,
    };
  }
  const picture = (vm: string, units: report.Change[] = [], HeartbeatMs = 60_000): report.Told['What'] => ({
    $case: 'Picture',
    value: { Agent: agentOf(vm), Units: units, HeartbeatMs, BootId: '' },
  });

  it('are a picture of everything, then each change', async () => {
    await start();
    const agent = await startWeb();
    expect(await machines()).toEqual([
      {
        Name: 'net-vm',
        VmType: 'SysVM',
        VmStatus: '',
        Agent: 'reporting',
        LastWordMs: expect.any(Number),
        Address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        Transport: transportOf(agent.endpoint),
      },
    ]);
    agent.systemd.crash(web);
    await webIs('PoweredOff');
    await agent.systemd.startUnit(web);
    await webIs('Running');
  });

  it('go by what systemd told last, also of a unit that has ended when the answer to its start arrives', async () => {
    await start();
    class Hasty extends FakeSystemd {
      override async startUnit(unit: UnitName) {
        const started = await super.startUnit(unit);
        this.crash(unit);
        return started;
      }
    }
    const systemd = new Hasty();
    systemd.define(web);
    await system.startAgent('net-vm', { systemd, capabilities: { services: [web] } });
    await webIs('PoweredOff');
    await client.startService({ VmName: 'net-vm', ServiceName: web });
    expect((await client.queryList()).List).toContainEqual(
      expect.objectContaining({ Name: web, VmStatus: 'PoweredOff' }),
    );
  });

  it('say how an application ended, which the admin logs', async () => {
    await start();
    const agent = await startWeb();
    for (const [how, end] of [
      ['stopped result=success status=0', () => void agent.systemd.stopUnit('clock@0.service' as UnitName)],
      ['crashed result=exit-code status=1', () => agent.systemd.crash('clock@0.service' as UnitName)],
      ['"closed itself" result=success status=0', () => agent.systemd.exit('clock@0.service' as UnitName)],
    ] as const) {
      await client.startApplication({ AppName: 'clock', VmName: 'net-vm', Args: [] });
      end();
      await system.until((list) => !list.some(({ Name }) => Name.startsWith('clock')));
      expect(system.admin.lines).toContain(`info: application ended unit=clock@0.service vm=net-vm how=${how}`);
    }
  });

  it('replace what was known before: what is not in the picture is gone', async () => {
    await start();
    const first = stream('net-vm');
    first.say(picture('net-vm', [unitOf('a.service', 'net-vm'), unitOf('b.service', 'net-vm')]));
    expect(await first.heard()).toEqual({ $case: 'Taken', value: { Refused: [] } });
    const second = stream('net-vm');
    second.say(picture('net-vm', [unitOf('b.service', 'net-vm')]));
    await second.heard();
    expect((await client.queryList()).List.map(({ Name, VmStatus }) => [Name, VmStatus])).toEqual([
      ['givc-net-vm.service', 'Running'],
      ['b.service', 'Running'],
    ]);
    expect(await first.ended).toMatchObject({ code: status.ABORTED });
    second.call.cancel();
  });

  it('are acknowledged once they are in the registry', async () => {
    await start();
    const { say, heard, call } = stream('net-vm');
    say(picture('net-vm'));
    await heard();
    for (let n = 1; n <= 500; n++) say({ $case: 'Change', value: unitOf(`u${n}.service`, 'net-vm') });
    for (;;) {
      const answer = await heard();
      if (answer?.$case === 'Acknowledged' && answer.value.Changes === 500) break;
    }
    expect((await client.queryList()).List).toHaveLength(501);
    call.cancel();
  });

  it('of what belongs to others are refused one by one, and recorded', async () => {
    await start();
    const { say, heard, call } = stream('net-vm');
    say(picture('net-vm', [unitOf('a.service', 'net-vm'), unitOf('b.service', 'gui-vm')]));
    expect(await heard()).toEqual({
      $case: 'Taken',
      value: { Refused: [{ Name: 'b.service', Why: expect.stringContaining('not below the agent of net-vm') }] },
    });
    say({ $case: 'Change', value: unitOf('givc-gui-vm.service', 'net-vm') });
    expect(await heard()).toMatchObject({ $case: 'Refused', value: { Name: 'givc-gui-vm.service' } });
    expect(await system.admin.record.next('PERMISSION_DENIED')).toMatchObject({
      peer: 'net-vm',
      rpc: '/report.Reports/Report',
      request: { Name: 'givc-gui-vm.service' },
    });
    call.cancel();
  });

  it.each<[string, number, report.Told['What']]>([
    ['begin with a change', status.INVALID_ARGUMENT, { $case: 'Change', value: unitOf('a.service', 'net-vm') }],
    ['come from another machine', status.PERMISSION_DENIED, picture('gui-vm')],
    [
      'have no agent',
      status.INVALID_ARGUMENT,
      { $case: 'Picture', value: { Agent: undefined, Units: [], HeartbeatMs: 0, BootId: '' } },
    ],
    [
      'are of too many units',
      status.RESOURCE_EXHAUSTED,
      picture(
        'net-vm',
        Array.from({ length: 1_001 }, (_, n) => unitOf(`u${n}.service`, 'net-vm')),
      ),
    ],
  ])('that %s end with a status', async (_, code, what) => {
    await start();
    const { say, ended } = stream('net-vm');
    say(what);
    expect(await ended).toMatchObject({ code });
    expect((await client.queryList()).List).toEqual([]);
  });

  it('that fall silent make the agent lost, and the next picture brings it back', async () => {
    await start();
    const silent = stream('net-vm');
    silent.say(picture('net-vm', [unitOf('a.service', 'net-vm')], 100));
    await silent.heard();
    await system.until((list) =>
      list.some(({ Name, VmStatus }) => Name.startsWith('givc') && VmStatus === 'PoweredOff'),
    );
    expect(await silent.ended).toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(await machines()).toMatchObject([{ Agent: 'lost' }]);
    const again = stream('net-vm');
    again.say(picture('net-vm', [unitOf('a.service', 'net-vm')]));
    await again.heard();
    expect(await machines()).toMatchObject([{ Agent: 'reporting' }]);
    again.call.cancel();
  });

  it.each([50, -50_000])('do not mind a clock that jumps by %i minutes', async (minutes) => {
    await start();
    // Not lost unless the machine of the test stands still for 2.5 s.
    const agent = await startWeb(1_000);
    const asking = system.channel(system.admin);
    const lastWord = async () => (await asking.unary(report.MachinesService.listMachines, {})).Machines[0]!.LastWordMs!;
    await lastWord();
    const real = Date.now;
    const clock = jest.spyOn(Date, 'now').mockImplementation(() => real() + minutes * 60 * 1_000);
    const since = system.admin.lines.length;
    try {
      // More heartbeats in both directions than may be missed.
      for (let beat = 0; beat < 3; beat++) {
        let before = await lastWord();
        for (let now = await lastWord(); now >= before; now = await lastWord()) before = now;
      }
      agent.systemd.crash(web);
      await webIs('PoweredOff');
    } finally {
      clock.mockRestore();
    }
    expect(system.admin.lines.slice(since).join('\n')).not.toMatch(/lost|registered/);
    expect(agent.lines.join('\n')).not.toContain('admin lost');
  });

  it('end with their agent, before a heartbeat is missed', async () => {
    await start();
    const agent = await startWeb(60_000);
    const changes = client.watchOnce();
    await changes.next();
    await agent.stop();
    const { value } = await changes.next();
    expect(value).toMatchObject({
      Status: { $case: 'Updated', value: { Name: 'givc-net-vm.service', VmStatus: 'PoweredOff' } },
    });
    await changes.return(undefined);
  });

  it('are not missed by an admin of another make: it is registered with, again and again', async () => {
    await start({ serves: ['admin.AdminService'] });
    const agent = await startWeb();
    agent.systemd.crash(web);
    await webIs('PoweredOff');
    const { address } = system.admin.endpoint;
    await system.admin.stop();
    await system.startAdmin({ serves: ['admin.AdminService'], listen: [address] });
    client = system.client();
    await webIs('PoweredOff');
    expect(agent.lines.filter((line) => line.startsWith('info: registered '))).toHaveLength(2);
  });

  describe('of agents that have none to make', () => {
    /** A rule that forbids reports is final: the agent registers as others do. */
    const rules =
      'permit(principal, action, resource); forbid(principal, action, resource) when { context.service == "Reports" };';

    it('are replaced by questions: their units are listed, and the machine as one that is asked', async () => {
      await start({ rules });
      const systemd = new FakeSystemd();
      systemd.define(web, { active: true });
      await system.startAgent('net-vm', { systemd, capabilities: { services: [web] } });
      await webIs('Running');
      expect((await machines())[0]).toMatchObject({ Agent: 'asked', LastWordMs: undefined });
    });

    it('are replaced by questions: each change of a unit is listed, also that systemd has forgotten it', async () => {
      await start({ rules });
      // This agent finds no admin, and is registered by the test: once, as others do it.
      const systemd = new FakeSystemd();
      systemd.define(web, { active: true });
      const { address } = system.admin.endpoint;
      const elsewhere = address.protocol === 'tcp' ? address.port + 1 : 0;
      const agent = await system.startAgent('net-vm', {
        systemd,
        adminPort: elsewhere,
        capabilities: { services: [web] },
      });
      const own = agent.endpoint.address as { port: number };
      const transport = { ...agentOf('net-vm').Transport!, Port: String(own.port) };
      const netVm = system.client('net-vm');
      await netVm.registerService({ ...agentOf('net-vm'), Transport: transport });
      await netVm.registerService(unitOf(web, 'net-vm').Unit!);
      await webIs('Running');
      systemd.crash(web);
      await webIs('PoweredOff');
      await systemd.startUnit(web);
      await webIs('Running');
      systemd.unload(web);
      await webIs('PoweredOff');
      expect(await machines()).toMatchObject([{ Name: 'net-vm', Agent: 'asked' }]);
    });

    it('do not keep a lost one from being noticed, nor from coming back', async () => {
      await start({ rules });
      const agent = await startWeb();
      await webIs('Running');
      const { address } = agent.endpoint;
      await agent.stop();
      await system.until((list) => list.some((item) => item.Name.startsWith('givc') && item.VmStatus === 'PoweredOff'));
      expect(await machines()).toMatchObject([{ Agent: 'lost' }]);
      await system.startAgent('net-vm', {
        systemd: agent.systemd,
        port: address.protocol === 'tcp' ? address.port : 0,
        capabilities: { services: [web] },
      });
      await system.untilRegistered('net-vm');
      expect(await machines()).toMatchObject([{ Agent: 'asked' }]);
    });
  });
});
