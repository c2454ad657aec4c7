# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# Machines as Ghaf's modules configure them; test/lab/ghaf has the resulting files.
{ lib }:
let
  addresses = {
    net-vm = "192.168.100.1";
    ghaf-host = "192.168.100.2";
    gui-vm = "192.168.100.3";
    audio-vm = "192.168.100.4";
    admin-vm = "192.168.100.10";
    chrome-vm = "192.168.100.100";
    business-vm = "192.168.100.101";
  };
  transport = name: port: {
    inherit name port;
    addr = addresses.${name};
    protocol = "tcp";
  };
  admin = transport "admin-vm" "9001";
  performance = machine: [
    "${machine}-powersave.service"
    "${machine}-balanced.service"
    "${machine}-performance.service"
    "${machine}-powersave-battery.service"
    "${machine}-balanced-battery.service"
    "${machine}-performance-battery.service"
  ];
  agent = name: {
    enable = true;
    network = {
      agent.transport = transport name "9000";
      admin.transport = admin;
      tls.enable = true;
    };
    accessControl = {
      enable = true;
      agentRules = [
        {
          permittedVms = [ "admin-vm" ];
          permittedModules = [ "stats" ];
        }
      ];
    };
  };
  microvm = map (name: "microvm@${name}.service");
  # The rest of an agent.
  with' = name: more: lib.recursiveUpdate (agent name) more;
in
{
  ghaf-admin-vm.givc = {
    sysvm = with' "admin-vm" { capabilities.services = [ "poweroff.target" ]; };
    admin = {
      enable = true;
      name = "admin-vm";
      addresses = [ admin ];
      services = [
        "givc-audio-vm.service"
        "givc-ghaf-host.service"
        "givc-gui-vm.service"
        "givc-net-vm.service"
      ];
      policyAdmin = {
        enable = true;
        updater.perPolicy.enable = true;
        policies = {
          firewall-rules = {
            vms = [ "net-vm" ];
            perPolicyUpdater = {
              url = null;
              poll_interval_secs = 300;
            };
          };
          proxy-config = {
            vms = [
              "business-vm"
              "chrome-vm"
            ];
            perPolicyUpdater = {
              url = "https://example.org/proxy.pac";
              poll_interval_secs = 300;
            };
          };
        };
      };
      accessControl = {
        enable = true;
        adminRules = [
          {
            from = [ "gui-vm" ];
            permittedRequests = [
              "Suspend"
              "Reboot"
              "Poweroff"
              "SetLocale"
              "SetTimezone"
              "StartService"
              "ListGenerations"
              "SetGeneration"
              "StartVM"
              "Watch"
              "GetStats"
              "QueryList"
              "Sysinfo"
              "PauseApplication"
              "ResumeApplication"
              "StopApplication"
            ];
          }
          {
            from = [ "gui-vm" ];
            to = [
              "chrome-vm"
              "business-vm"
            ];
            permittedRequests = [ "StartApplication" ];
          }
          {
            from = [ "ghaf-host" ];
            permittedRequests = [
              "GetUnitStatus"
              "RegisterService"
              "StartService"
              "StopService"
              "Suspend"
              "Wakeup"
            ];
          }
          {
            from = [
              "admin-vm"
              "net-vm"
              "gui-vm"
              "audio-vm"
              "chrome-vm"
              "business-vm"
              "ghaf-host"
            ];
            permittedRequests = [ "RegisterService" ];
          }
        ];
      };
    };
  };

  ghaf-host.givc = {
    host = with' "ghaf-host" {
      capabilities = {
        services = [
          "reboot.target"
          "poweroff.target"
          "suspend.target"
        ]
        ++ performance "host";
        vmServices = {
          adminVm = "microvm@admin-vm.service";
          systemVms = microvm [
            "audio-vm"
            "gui-vm"
            "net-vm"
          ];
          appVms = microvm [
            "business-vm"
            "chrome-vm"
          ];
        };
        exec.enable = true;
      };
    };
    tls = {
      enable = true;
      agents = lib.mapAttrsToList (name: addr: { inherit name addr; }) addresses;
      generatorHostName = "ghaf-host";
      storagePath = "/persist/storagevm/givc";
    };
  };

  ghaf-net-vm.givc = {
    sysvm = with' "net-vm" {
      capabilities = {
        services = [
          "poweroff.target"
          "suspend.target"
          "systemd-suspend.service"
        ]
        ++ performance "net";
        hwid.enable = true;
        socketProxy = {
          enable = true;
          sockets = [
            {
              transport = transport "gui-vm" "9010";
              socket = "/tmp/dbusproxy_net.sock";
            }
          ];
        };
        policy = {
          enable = true;
          storePath = "/etc/admin-policies";
          policies.firewall-rules = "/etc/firewall/rules.nft";
        };
      };
    };
    dbusproxy = {
      enable = true;
      system = {
        enable = true;
        user = "proxyuser";
        socket = "/tmp/dbusproxy_net.sock";
        policy.talk = [ "org.freedesktop.NetworkManager" ];
      };
    };
  };

  ghaf-gui-vm.givc.sysvm = with' "gui-vm" {
    enableUserTlsAccess = true;
    notifier.enable = true;
    capabilities = {
      socketProxy = {
        enable = true;
        sockets = [
          {
            transport = transport "net-vm" "9010";
            socket = "/tmp/dbusproxy_net.sock";
          }
          {
            transport = transport "audio-vm" "9011";
            socket = "/tmp/dbusproxy_snd.sock";
          }
          {
            transport = transport "audio-vm" "9013";
            socket = "/tmp/pipewire-control.sock";
          }
        ];
      };
      eventProxy = {
        enable = true;
        events = [
          {
            transport = transport "gui-vm" "9012";
            consumer = {
              enable = true;
              permittedSource = "audio-vm";
            };
          }
        ];
      };
    };
  };

  ghaf-app-vm.givc.appvm = with' "chrome-vm" {
    capabilities = {
      services = [ ];
      applications = [
        {
          name = "google-chrome";
          command = "/run/current-system/sw/bin/google-chrome-stable --ozone-platform=wayland";
          args = [
            "url"
            "flag"
          ];
        }
      ];
    };
  };
}
