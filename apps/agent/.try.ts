import { RpcChannel, clientCredentials, systemd } from '../../libs/rpc/src/index.ts';
import * as grpc from '@grpc/grpc-js';
const S = systemd.UnitControlServiceService;
const c = new grpc.Client('127.0.0.1:9000', grpc.credentials.createInsecure());
const un = (m: any, r: any) =>
  new Promise<any>((res, rej) =>
    c.makeUnaryRequest(
      m.path,
      m.requestSerialize,
      m.responseDeserialize,
      r,
      { deadline: Date.now() + 10000 } as any,
      (e: any, v: any) => (e ? rej(e) : res(v)),
    ),
  );
const t = async (name: string, m: any, r: any) => {
  const a = performance.now();
  try {
    const v: any = await un(m, r);
    const s = v.UnitStatus;
    console.log(
      name.padEnd(26),
      (performance.now() - a).toFixed(1),
      s.Name,
      s.LoadState,
      s.ActiveState,
      s.SubState,
      s.FreezerState,
      `[${s.Description}]`,
      s.Path,
    );
  } catch (e: any) {
    console.log(name.padEnd(26), (performance.now() - a).toFixed(1), grpc.status[e.code], e.details);
  }
};
const U = (n: string) => ({ UnitName: n });
await t('status web', S.getUnitStatus, U('web.service'));
await t('start', S.startUnit, U('web.service'));
await t('start fail', S.startUnit, U('fail.service'));
await t('status ghost', S.getUnitStatus, U('ghost.service'));
await t('not allowed', S.getUnitStatus, U('dbus.service'));
await t('bad name', S.getUnitStatus, U('dbus'));
await t('freeze', S.freezeUnit, U('web.service'));
await t('unfreeze', S.unfreezeUnit, U('web.service'));
await t('kill', S.killUnit, U('web.service'));
await t('stop', S.stopUnit, U('web.service'));
await t('app', S.startApplication, { UnitName: 'node@0.service', Args: ['-f', '/usr/share/doc/dbus/copyright'] });
await t('app 2', S.startApplication, { UnitName: 'node@1.service', Args: ['-f', '/usr/share/doc/dbus/copyright'] });
await t('app again', S.startApplication, { UnitName: 'node@0.service', Args: [] });
await t('app ends at once', S.startApplication, { UnitName: 'sleeper@0.service', Args: [] });
await t('app bad arg', S.startApplication, { UnitName: 'node@3.service', Args: ['-f', '/etc/passwd'] });
await t('app unknown', S.startApplication, { UnitName: 'nope@0.service', Args: [] });
await t('app no instance', S.startApplication, { UnitName: 'node.service', Args: [] });
await t('stop app', S.stopUnit, U('node@0.service'));
const mon = (n: string, ms: number, on?: (i: number) => void) =>
  new Promise<void>((r) => {
    const m: any = S.monitorUnit;
    const call = c.makeServerStreamRequest(m.path, m.requestSerialize, m.responseDeserialize, U(n) as any);
    const a = performance.now();
    let i = 0;
    call.on('data', (d: any) => {
      console.log('monitor', n, (performance.now() - a).toFixed(0), d);
      on?.(i++);
    });
    call.on('error', (e: any) => {
      console.log('monitor', n, 'ended', (performance.now() - a).toFixed(0), grpc.status[e.code], e.details);
      r();
    });
    if (ms) setTimeout(() => call.cancel(), ms);
  });
await t('start noacc', S.startUnit, U('noacc.service'));
await Promise.all([
  mon('noacc.service', 3500),
  mon('node@1.service', 0, (i) => {
    if (i === 1) void t('stop app 1', S.stopUnit, U('node@1.service'));
  }),
  mon('ghost.service', 0),
  mon('dbus.service', 0),
  mon('web.service', 0),
]);
await t('stop noacc', S.stopUnit, U('noacc.service'));
{
  const d: number[] = [];
  for (let i = 0; i < 1500; i++) {
    const a = performance.now();
    await un(S.getUnitStatus, U('web.service'));
    d.push(performance.now() - a);
  }
  const s = d.slice(500).sort((a, b) => a - b);
  console.log('status p50', s[500], 'p99', s[990]);
}
c.close();
