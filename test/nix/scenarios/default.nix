# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# Configurations by name.
{ lib }:
import ./ghaf.nix { inherit lib; }
// import ./mistakes.nix
// {
  everyOption = import ./every-option.nix;

  twoAgents.givc = {
    host = {
      enable = true;
      accessControl.enable = true;
      network.agent.transport.name = "ghaf-host";
    };
    sysvm = {
      enable = true;
      accessControl.enable = true;
      network.agent.transport = {
        name = "ghaf-host-gui";
        port = "9002";
      };
    };
  };

  withoutUpdates.givc.host = {
    enable = true;
    otaUpdate = null;
  };

  # Each setting with a single value has another value, and each list has one more element.
  loosened = {
    givc.admin = {
      enable = true;
      addresses = [ { } ];
    };
    systemd.services.givc-admin.serviceConfig = {
      ProtectHome = "read-only";
      ReadWritePaths = [ "/srv" ];
    };
  };
  unconfined.givc = {
    admin = {
      enable = true;
      addresses = [ { } ];
      hardening = false;
    };
    sysvm = {
      enable = true;
      hardening = false;
    };
  };

  # Sockets and policies in folders that an agent could not write otherwise.
  otherPaths.givc = {
    admin = {
      enable = true;
      addresses = [
        {
          protocol = "unix";
          addr = "unix:///tmp/admin.sock";
        }
        {
          protocol = "unix";
          addr = "/srv/givc/admin.sock";
        }
      ];
    };
    sysvm = {
      enable = true;
      capabilities = {
        ctap.enable = true;
        socketProxy = {
          enable = true;
          sockets = [
            {
              transport = {
                name = "gui-vm";
                port = "9010";
              };
              socket = "/run/user/1000/pipewire.sock";
            }
          ];
        };
        policy = {
          enable = true;
          storePath = "/persist/policies";
          policies.firewall = "/etc/firewall/rules.nft";
        };
      };
    };
  };

  longPolicies.givc.admin = {
    enable = true;
    addresses = [ { } ];
    policyAdmin = {
      enable = true;
      updater.perPolicy.enable = true;
      policies = lib.genAttrs (map (n: "policy-${toString n}") (lib.range 1 40)) (name: {
        vms = [ "net-vm" ];
        perPolicyUpdater.url = "https://example.org/${name}";
      });
    };
  };
}
