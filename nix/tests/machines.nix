# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# Machines for tests with NixOS' test driver, as modules with the names that those of the original have. They are in one
# network, and have certificates of one authority in /etc/givc.
{ modules, programs }:
let
  transport = name: addr: port: {
    inherit name addr port;
    protocol = "tcp";
  };
  admin = transport "admin-vm" addresses.admin-vm "9001";
  addresses = {
    admin-vm = "192.168.101.10";
    ghaf-host = "192.168.101.2";
    gui-vm = "192.168.101.3";
    app-vm = "192.168.101.5";
    bad-vm = "192.168.101.30";
    update-vm = "192.168.101.200";
  };
  # bad-vm calls from another address than that of its certificate.
  certified = addresses // {
    bad-vm = "192.168.101.99";
  };
  networkOf = name: {
    admin.transport = admin;
    agent.transport = transport name addresses.${name} "9000";
  };

  addressOf =
    name:
    { lib, ... }:
    {
      networking.interfaces.eth1.ipv4.addresses = lib.mkOverride 0 [
        {
          address = addresses.${name};
          prefixLength = 24;
        }
      ];
    };
  certificatesOf =
    name:
    { lib, pkgs, ... }:
    let
      # One build for all machines, as each has a part of it.
      all = pkgs.runCommand "givc-test-certificates" { } ''
        cli=${programs.atBuild pkgs "givc-cli"}/bin/givc-cli
        $cli certs authority authority --name Test
        ${lib.concatStrings (
          lib.mapAttrsToList (
            machine: addr:
            "$cli certs issue ${machine} --ip ${addr} --authority authority --out $out/${machine}\n"
          ) certified
        )}
      '';
    in
    {
      environment.etc = lib.listToAttrs (
        map
          (file: {
            name = "givc/${file}.pem";
            value.source = "${all}/${name}/${file}.pem";
          })
          [
            "ca-cert"
            "cert"
            "key"
          ]
      );
    };
  machine = name: module: {
    imports = [
      (addressOf name)
      (certificatesOf name)
      module
    ];
  };
in
{
  tests-adminvm = machine "admin-vm" {
    imports = [ modules.admin ];
    givc.admin = {
      enable = true;
      debug = true;
      inherit (admin) name;
      addresses = [ admin ];
    };
  };

  tests-hostvm = machine "ghaf-host" {
    imports = [ modules.host ];
    givc.host = {
      enable = true;
      network = networkOf "ghaf-host";
      capabilities.vmServices.appVms = [ "microvm@app-vm.service" ];
    };
    # In place of a VM.
    systemd.services."microvm@app-vm".serviceConfig.ExecStart =
      "/run/current-system/sw/bin/sleep infinity";
  };

  tests-guivm = machine "gui-vm" {
    imports = [ modules.sysvm ];
    givc.sysvm = {
      enable = true;
      notifier.enable = true;
      network = networkOf "gui-vm";
    };
    users.users.ghaf = {
      isNormalUser = true;
      uid = 1000;
    };
  };

  tests-appvm = machine "app-vm" {
    imports = [ modules.appvm ];
    givc.appvm = {
      enable = true;
      debug = true;
      network = networkOf "app-vm";
      capabilities.applications = [
        {
          name = "sleeper";
          command = "/run/current-system/sw/bin/sleep 86400";
        }
      ];
    };
    users.users.ghaf = {
      isNormalUser = true;
      uid = 1000;
      linger = true;
    };
  };

  tests-badvm = machine "bad-vm" { };
  tests-updatevm = addressOf "update-vm";
  tests-writable-storage = {
    nix.enable = true;
    virtualisation = {
      writableStore = true;
      writableStoreUseTmpfs = true;
    };
  };
}
