# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The results of the flake's modules for each scenario, as JSON for modules.spec.ts.
{
  libPath, # a folder with nixpkgs' lib
}:
let
  lib = import libPath;
  base = import ./packages.nix { inherit lib; };

  flakeWith =
    original:
    let
      self = (import ../../flake.nix).outputs {
        inherit self;
        nixpkgs = {
          inherit lib;
          legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (_: base);
        };
        ghaf-givc = original;
      };
    in
    self;
  flake = flakeWith { };
  fromOriginal = flakeWith {
    packages.x86_64-linux.ota-update = base.writeText "ota-update-of-the-original" "";
  };
  pkgs = base // flake.overlays.default pkgs base;
  isTest = lib.hasPrefix "tests-";
  # Without the machines of tests, each of which configures the machine that imports it.
  modules = lib.attrValues (lib.filterAttrs (name: _: !isTest name) flake.nixosModules);

  evaluate =
    module:
    let
      inherit
        (lib.evalModules {
          modules = [
            ./nixos.nix
            { _module.args.pkgs = pkgs; }
            module
          ]
          ++ modules;
        })
        config
        ;
      keep = lib.filterAttrs (
        name: value: name != "enable" && value != [ ] && value != null && value != ""
      );
      unit =
        one:
        keep (
          one
          // lib.optionalAttrs (one ? path) {
            path = map lib.getName one.path;
            restartTriggers = map toString one.restartTriggers;
            reloadTriggers = map toString one.reloadTriggers;
          }
        );
      scope = systemd: {
        services = lib.mapAttrs (_: unit) systemd.services;
        sockets = lib.mapAttrs (_: unit) systemd.sockets;
        targets = lib.mapAttrs (_: unit) systemd.targets;
      };
    in
    {
      failed = map (one: one.message) (lib.filter (one: !one.assertion) config.assertions);
      etc = lib.mapAttrs (
        _: one: if one.text != null then one.text else toString one.source
      ) config.environment.etc;
      ports = lib.sort lib.lessThan config.networking.firewall.allowedTCPPorts;
      tmpfiles = config.systemd.tmpfiles.rules;
      systemPackages = map toString config.environment.systemPackages;
      polkit = config.security.polkit.enable;
      system = scope config.systemd;
      user = scope config.systemd.user;
    };
in
{
  scenarios = lib.mapAttrs (_: evaluate) (
    import ./scenarios { inherit lib; } // lib.filterAttrs (name: _: isTest name) flake.nixosModules
  );
  twice = lib.length (
    lib.attrNames
      (lib.evalModules {
        modules = [
          ./nixos.nix
          { _module.args.pkgs = pkgs; }
        ]
        ++ lib.concatMap (_: modules) [
          1
          2
        ];
      }).config.givc
  );
  nothing = evaluate { };
  flake = {
    inputs = lib.attrNames (import ../../flake.nix).inputs;
    modules = lib.attrNames flake.nixosModules;
    inherit (flake.checks.x86_64-linux.vmTests-admin) testScript;
    nodes = lib.attrNames flake.checks.x86_64-linux.vmTests-admin.nodes;
    checks = lib.mapAttrs (_: lib.attrNames) flake.checks;
    packages = lib.attrNames flake.packages.x86_64-linux;
    overlay = lib.attrNames (flake.overlays.default pkgs base);
    apps = lib.mapAttrs (_: app: app.program) flake.apps.x86_64-linux;
    admin = lib.getAttrs [ "cli" "agent" "ota" "update_server" ] (
      lib.mapAttrs (_: toString) flake.packages.x86_64-linux.givc-admin
    );
    programs = lib.mapAttrs (_: package: package.meta.mainProgram) {
      inherit (flake.packages.x86_64-linux) givc-admin givc-agent givc-cli;
    };
    absent = toString flake.packages.x86_64-linux.ota-update;
    present = toString fromOriginal.packages.x86_64-linux.ota-update;
    docs = toString flake.packages.x86_64-linux.docs;
  };
  # As nix/options.json has them for the documentation.
  options = lib.mapAttrs (
    _: options:
    map
      (
        option:
        {
          inherit (option) name type;
          description = option.description or "";
        }
        // lib.optionalAttrs (option ? default) { default = option.default.text; }
        // lib.optionalAttrs (option ? example) { example = option.example.text; }
        // lib.optionalAttrs option.readOnly { readOnly = true; }
      )
      (
        lib.filter (option: option.visible && !option.internal) (lib.optionAttrSetToDocList options)
      )
  ) (import ../../nix/options.nix {
    inherit lib;
    nixosModules = lib.filterAttrs (name: _: !isTest name) flake.nixosModules;
  });
}
