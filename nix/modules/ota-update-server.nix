# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The server of updates, a program of the original.
{ programs }:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  shared = import ../types.nix { inherit lib; };
  units = import ../units.nix { inherit lib; };
  cfg = config.services.ota-update-server;
in
{
  options.services.ota-update-server = {
    enable = shared.enable "the server of updates";
    package = shared.package pkgs programs "ota-update-server";
    port = mkOption {
      type = types.port;
      default = 3000;
      description = "Port on 127.0.0.1.";
    };
    path = shared.text "/nix/var/nix/profiles/per-user/updates" "Folder of the profiles.";
    allowedProfiles = shared.texts [ ] "Profiles that are served.";
    publicKey = shared.text "BOGUS" "Public key of the binary cache.";
    cachix = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "Name of the cache of Cachix.";
    };
  };

  config = lib.mkIf cfg.enable {
    environment.systemPackages = [ cfg.package ];
    systemd.services.ota-update-server = {
      description = "Server of updates";
      after = [ "network.target" ];
      wantedBy = [ "multi-user.target" ];
      environment.RUST_LOG = "debug";
      serviceConfig = {
        Type = "exec";
        ExecStart = lib.concatStringsSep " " (
          map units.argument (
            [
              "${cfg.package}/bin/ota-update-server"
              "serve"
              "--port"
              (toString cfg.port)
              "--path"
              cfg.path
            ]
            ++ lib.optionals (cfg.cachix != null) [
              "--cachix"
              cfg.cachix
            ]
            ++ [
              "--pub-key"
              cfg.publicKey
              "--allowed-profiles"
              (lib.concatStringsSep "," cfg.allowedProfiles)
            ]
          )
        );
        Restart = "on-failure";
        TimeoutStopSec = 5;
        DynamicUser = true;
        ProtectSystem = "strict";
        ProtectHome = true;
        PrivateTmp = true;
        NoNewPrivileges = true;
      };
    };
  };
}
