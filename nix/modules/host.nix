# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The agent of the host, which controls the VMs.
{ programs }:
{ lib, pkgs, ... }@module:
let
  agent = import ../agent.nix {
    inherit programs;
    role = "host";
  } module;
  inherit (agent) shared cfg;
  nixos-rebuild = pkgs.nixos-rebuild or pkgs.nixos-rebuild-ng;
  updates = lib.optional (cfg.otaUpdate != null) cfg.otaUpdate;
in
{
  options.givc.host = lib.recursiveUpdate agent.options {
    inherit (shared) loadCredentials;
    otaUpdate = lib.mkOption {
      type = lib.types.nullOr lib.types.package;
      default = programs.of pkgs "ota-update";
      defaultText = lib.literalExpression "pkgs.ota-update";
      description = "The package of ota-update, with which the admin updates this host; null leaves it out.";
    };
    capabilities = {
      services = shared.texts [
        "reboot.target"
        "poweroff.target"
        "sleep.target"
        "suspend.target"
      ] "Units that may be controlled.";
      vmServices = {
        adminVm = shared.text "" "Unit of the VM of the admin.";
        systemVms = shared.texts [ ] "Units of the system VMs.";
        appVms = shared.texts [ ] "Units of the application VMs.";
      };
      exec.enable = shared.enable "programs that the admin runs on the host, such as ota-update. They need all rights of root, so the unit is hardly confined then";
    };
  };

  config = lib.mkIf cfg.enable (
    lib.mkMerge [
      (agent.config {
        identity = {
          type = 0;
          subType = 1;
        };
        inherit (cfg) capabilities;
        modules = lib.optional cfg.capabilities.exec.enable "exec";
        service = {
          description = "GIVC agent of the host";
          wants = [
            "givc-key-setup.service"
            "network.target"
          ];
          after = [
            "givc-key-setup.service"
            "network.target"
          ];
          wantedBy = [ "multi-user.target" ];
          path = [
            module.config.system.path
            pkgs.nix
            nixos-rebuild
            pkgs.openssh
            pkgs.getent
            pkgs.util-linux
          ]
          ++ updates;
        };
      })
      {
        environment.systemPackages = [ nixos-rebuild ] ++ updates;
        assertions = [
          {
            assertion = cfg.capabilities.services != [ ];
            message = "givc.host.capabilities.services is empty: list the units that may be controlled, such as poweroff.target.";
          }
        ];
      }
    ]
  );
}
