# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# Agents of all kinds register with the admin, which starts and stops an application (`nix build .#checks.x86_64-linux.vmTests-admin`).
{ modules, givc-cli }:
{
  name = "givc-admin";
  nodes = {
    adminvm = modules.tests-adminvm;
    hostvm = modules.tests-hostvm;
    guivm = modules.tests-guivm;
    appvm = modules.tests-appvm;
    badvm = modules.tests-badvm;
  };
  testScript = ''
    files = " ".join(f"--{flag} /etc/givc/{name}.pem" for flag, name in [("cacert", "ca-cert"), ("cert", "cert"), ("key", "key")])
    cli = f"${givc-cli}/bin/givc-cli --name admin-vm --addr 192.168.101.10 --port 9001 {files}"

    start_all()
    adminvm.wait_for_unit("givc-admin.service")
    hostvm.wait_for_unit("givc-ghaf-host.service")
    guivm.wait_for_unit("givc-gui-vm.service")
    appvm.wait_for_unit("givc-app-vm.service", "ghaf")

    with subtest("the agents of the host, a system VM and an application VM register"):
        for name in ["ghaf-host", "gui-vm", "app-vm"]:
            guivm.succeed(f"{cli} test ensure --retry 60 givc-{name}.service")

    with subtest("an application starts and stops"):
        guivm.succeed(f"{cli} start app --vm app-vm sleeper")
        appvm.wait_until_succeeds("pgrep -f 'sleep 86400'")
        guivm.succeed(f"{cli} stop app sleeper@1.service")
        appvm.wait_until_fails("pgrep -f 'sleep 86400'")

    with subtest("a caller with the certificate of another address is rejected"):
        badvm.wait_for_unit("multi-user.target")
        badvm.fail(f"{cli} query")
  '';
}
