import { type Lab } from './lab.js';
import { machineCheckout } from './plan.js';

const unit = 'lab-networkmanager.service';
const template = `${machineCheckout}/test/lab/networkmanager.py`;

/** Lets root own the name of NetworkManager, as the policy of NetworkManager's own package does. */
export const networkManagerPolicy = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <policy user="root">
    <allow own="org.freedesktop.NetworkManager"/>
    <allow send_destination="org.freedesktop.NetworkManager"/>
  </policy>
</busconfig>
`;

/** Starts a stand-in for NetworkManager in net-vm, whose radios and networks networkmanager.py tells. */
export async function startNetworkManager(lab: Lab): Promise<void> {
  const isReady = ['--property=Type=dbus', '--property=BusName=org.freedesktop.NetworkManager'];
  // It would write the passwords that it is told into the journal.
  const isSilent = ['--property=StandardOutput=null'];
  const program = ['/usr/bin/python3', '-m', 'dbusmock', '--template', template];
  const command = ['systemd-run', `--unit=${unit}`, '--quiet', '--collect', ...isReady, ...isSilent, ...program];
  const { status, stderr } = await lab.machine('net-vm').run(command);
  if (status !== 0) throw new Error(stderr);
}

export async function stopNetworkManager(lab: Lab): Promise<void> {
  await lab.machine('net-vm').systemctl('stop', unit);
}
