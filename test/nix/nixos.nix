# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The options of NixOS that the modules set, with types as strict as in NixOS. If one is missing here, the evaluation
# fails with its name.
{ lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
  option = type: default: mkOption { inherit type default; };
  list = type: option (types.listOf type) [ ];
  string = option types.str "";

  # A value, or several values for a key that is repeated.
  value =
    with types;
    let
      one = oneOf [
        bool
        int
        str
        path
        package
      ];
    in
    either one (listOf one);
  section = option (types.attrsOf value) { };

  unit = {
    enable = option types.bool true;
    description = option types.singleLineStr "";
    unitConfig = section;
    startLimitIntervalSec = option (types.nullOr types.int) null;
  }
  // lib.genAttrs [
    "after"
    "before"
    "partOf"
    "requires"
    "wantedBy"
    "wants"
  ] (_: list (types.strMatching ".+[.](service|socket|target)"));

  service = types.submodule {
    options = unit // {
      environment = option (types.attrsOf types.str) { };
      path = list types.package;
      restartTriggers = list types.package;
      reloadTriggers = list types.package;
      serviceConfig = section;
    };
  };
  socket = types.submodule {
    options = unit // {
      listenStreams = list types.str;
      socketConfig = section;
    };
  };
  units = {
    services = option (types.attrsOf service) { };
    sockets = option (types.attrsOf socket) { };
    targets = option (types.attrsOf (types.submodule { options = unit; })) { };
    tmpfiles.rules = list types.str;
  };
in
{
  options = {
    assertions = list types.attrs;
    warnings = list types.str;
    environment = {
      systemPackages = list types.package;
      etc = option (types.attrsOf (
        types.submodule {
          options = {
            text = option (types.nullOr types.lines) null;
            source = option (types.nullOr types.path) null;
          };
        }
      )) { };
    };
    networking = {
      firewall.allowedTCPPorts = list types.port;
      interfaces = option (types.attrsOf types.attrs) { };
    };
    nix.enable = option types.bool true;
    virtualisation = option (types.attrsOf types.bool) { };
    security.polkit = {
      enable = option types.bool false;
      extraConfig = option types.lines "";
    };
    system.path = option types.package pkgs.coreutils;
    systemd = units // {
      user = units;
    };
    users.users = option (types.attrsOf (
      types.submodule {
        options = {
          isNormalUser = option types.bool false;
          uid = option (types.nullOr types.int) null;
          linger = option types.bool false;
          group = string;
        };
      }
    )) { };
  };
}
