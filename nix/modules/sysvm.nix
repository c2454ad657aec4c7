# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The agent of a system VM.
{ programs }:
{ lib, pkgs, ... }@module:
let
  agent = import ../agent.nix {
    inherit programs;
    role = "sysvm";
  } module;
  inherit (agent) shared cfg;
in
{
  imports = [
    ../notifier.nix
    ../user-key-setup.nix
  ];

  options.givc.sysvm = lib.recursiveUpdate agent.options {
    inherit (shared) loadCredentials;
    enableUserTlsAccess = shared.enable "copies of the certificates in /run/givc, for the group users";
    capabilities = {
      services = shared.texts [
        "reboot.target"
        "poweroff.target"
      ] "Units that may be controlled.";
      wifi.enable = shared.enable "the control of NetworkManager's wireless networks";
      ctap.enable = shared.enable "security keys of this machine for others";
      hwid = {
        enable = shared.enable "the hardware id, which is the address of a network interface";
        interface = shared.text "" "The network interface; the first one of the machine if empty.";
      };
    }
    // agent.proxyOptions;
  };

  config = lib.mkIf cfg.enable (
    lib.mkMerge [
      (agent.config {
        identity = {
          type = 8;
          subType = 9;
          parent = "microvm@${cfg.network.agent.transport.name}.service";
        };
        capabilities = cfg.capabilities // {
          notifier = {
            inherit (cfg.notifier) enable;
            socket = dirOf cfg.notifier.socketPath;
          };
        };
        modules =
          lib.optional cfg.capabilities.ctap.enable "ctap"
          # The protocol's package is named wifimanager; rules of the original say wifi.
          ++ lib.optionals cfg.capabilities.wifi.enable [
            "wifi"
            "wifimanager"
          ]
          ++ lib.optional cfg.capabilities.hwid.enable "hwid";
        service = {
          description = "GIVC agent of a system VM";
          after = [ "givc-setup.target" ];
          partOf = [ "givc-setup.target" ];
          wantedBy = [ "givc-setup.target" ];
          path = [ pkgs.dbus ] ++ lib.optional cfg.capabilities.ctap.enable pkgs.qubes-ctap;
        };
      })
      {
        systemd.targets.givc-setup = {
          description = "What GIVC needs of this machine is there";
          requires = [ "network.target" ];
          after = [ "network.target" ];
          wantedBy = [ "multi-user.target" ];
        };
        assertions = [
          {
            assertion = cfg.capabilities.services != [ ];
            message = "givc.sysvm.capabilities.services is empty: list the units that may be controlled, such as poweroff.target.";
          }
        ];
      }
    ]
  );
}
