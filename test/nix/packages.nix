# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# A package set whose packages are only names. The files of writeText, runCommand and similar functions keep their text:
# such a path is /nix/store/NAME followed by the text between marks, which modules.spec.ts removes.
{ lib }:
let
  system = "x86_64-linux";

  package =
    name: more:
    let
      self = {
        type = "derivation";
        inherit name system;
        pname = name;
        outPath = "/nix/store/${name}";
        outputName = "out";
        meta.mainProgram = name;
      }
      // more;
    in
    self;
  withText = name: text: package name { outPath = "/nix/store/${name}⟦${text}⟧"; };

  pkgs =
    lib.genAttrs [
      "coreutils"
      "dbus"
      "e2fsprogs"
      "findutils"
      "getent"
      "git"
      "gnugrep"
      "gnused"
      "jq"
      "libnotify"
      "makeBinaryWrapper"
      "deadnix"
      "nixfmt"
      "nix"
      "nixos-rebuild"
      "nodejs_24"
      "nodejs-slim_24"
      "openssh"
      "qubes-ctap"
      "rsync"
      "systemd"
      "util-linux"
      "xdg-dbus-proxy"
    ] (name: package name { })
    // {
      inherit lib;
      stdenv.hostPlatform = {
        inherit system;
        isx86_64 = true;
      };
      stdenv.buildPlatform.system = system;
      # The test as it is written.
      testers.runNixOSTest = test: test;
      writeText = withText;
      writeShellScript = withText;
      writeShellApplication = { name, text, ... }: withText name text;
      runCommand = name: _: withText name;
      fetchurl = { url, ... }: package (baseNameOf url) { };
      fetchgit = { rev, ... }: package "fetchgit-${rev}" { };
      nixosOptionsDoc =
        { options, ... }:
        {
          optionsCommonMark = withText "options.md" (
            lib.concatMapStrings (option: "## ${option.name}\n${option.description or "(no description)"}\n") (
              lib.filter (option: option.visible && !option.internal) (lib.optionAttrSetToDocList options)
            )
          );
        };
      importNpmLock = {
        __functor = _: _: package "npm-lock" { };
        npmConfigHook = package "npm-config-hook" { };
      };
      buildNpmPackage =
        { pname, outputs, ... }:
        package pname (
          lib.genAttrs (lib.remove "out" outputs) (output: package "${pname}-${output}" { })
          // {
            passthru = { };
          }
        );
      callPackage =
        file: arguments:
        let
          function = import file;
        in
        function (builtins.intersectAttrs (lib.functionArgs function) pkgs // arguments);
    };
in
pkgs
