import { Variant, type BusName, type MethodCall } from '@givc/dbus';
import type { TransientService } from './systemd.js';

/**
 * StartTransientUnit with the properties of systemd.service(5). The unit is unloaded when it ends, also when it
 * fails; until then, and until `UnrefUnit`, it can be asked.
 */
export function transientServiceCall(
  { unit, description, command }: TransientService,
  bus: BusName,
): Pick<MethodCall, 'member' | 'signature' | 'body'> {
  const properties: [string, Variant][] = [
    ['Description', new Variant('s', description)],
    ['Type', new Variant('s', 'exec')],
    ['CollectMode', new Variant('s', 'inactive-or-failed')],
    ['AddRef', new Variant('b', true)],
    // "$NAME" would be replaced (systemd.service(5), "Command lines"). ExecStartEx with "no-env-expand" would do without
    // the doubled sign, but systemd (252) cannot read back what it writes of it, and breaks the unit when it reloads.
    ['ExecStart', new Variant('a(sasb)', [[command[0], command.map((arg) => arg.replaceAll('$', '$$$$')), false]])],
  ];
  // Where desktop environments put applications (systemd.special(7)); the system's manager has no such slice.
  if (bus === 'session') properties.push(['Slice', new Variant('s', 'app.slice')]);
  return {
    member: 'StartTransientUnit',
    signature: 'ssa(sv)a(sa(sv))',
    body: [unit, 'fail', properties, []],
  };
}
