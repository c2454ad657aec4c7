# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The agent of an application VM, a unit of its user.
{ programs }:
{
  lib,
  # For agent.nix: a module is given what it names alone.
  # deadnix: skip
  pkgs,
  ...
}@module:
let
  agent = import ../agent.nix {
    inherit programs;
    role = "appvm";
  } module;
  inherit (agent) shared cfg;
in
{
  imports = [ ../user-key-setup.nix ];

  options.givc.appvm = lib.recursiveUpdate agent.options {
    uid = lib.mkOption {
      type = lib.types.int;
      default = 1000;
      description = "The user whose service manager runs the agent.";
    };
    capabilities = {
      services = shared.texts [ ] "Units of the user that may be controlled.";
      applications = lib.mkOption {
        type = lib.types.nullOr (lib.types.listOf shared.applicationType);
        default = null;
        description = "Applications that may be started.";
      };
    }
    // agent.proxyOptions;
  };

  config = lib.mkIf cfg.enable (
    lib.mkMerge [
      (agent.config {
        identity = {
          type = 12;
          subType = 13;
          parent = "microvm@${cfg.network.agent.transport.name}.service";
        };
        inherit (cfg) capabilities;
        modules = [ ];
        service = {
          description = "GIVC agent of an application VM";
          wants = [ "sockets.target" ];
          after = [ "sockets.target" ];
          wantedBy = [ "default.target" ];
          unitConfig.ConditionUser = cfg.uid;
        };
      })
      {
        # The copies of the certificates that the user may read.
        givc.appvm.network.tls = {
          caCertPath = "/run/givc/ca-cert.pem";
          certPath = "/run/givc/cert.pem";
          keyPath = "/run/givc/key.pem";
        };
        security.polkit = {
          enable = true;
          extraConfig = ''
            polkit.addRule(function (action, subject) {
              const ids = ["org.freedesktop.locale1.set-locale", "org.freedesktop.timedate1.set-timezone"];
              if (ids.indexOf(action.id) >= 0 && subject.isInGroup("users")) return polkit.Result.YES;
            });
          '';
        };
        assertions = [
          {
            assertion = cfg.capabilities.applications != [ ] || cfg.capabilities.services != [ ];
            message = "givc.appvm.capabilities: list applications or services; both are empty, so that the agent has nothing to offer.";
          }
        ];
      }
    ]
  );
}
