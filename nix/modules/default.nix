# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The NixOS modules by their names. The key makes a module that is imported twice count once.
{ self }:
let
  # A program for the configured machine: from the overlay if it is applied, else from this flake.
  programs = {
    of = pkgs: name: pkgs.${name} or self.packages.${pkgs.stdenv.hostPlatform.system}.${name};
    # A program that runs at build time.
    atBuild =
      pkgs: name: pkgs.buildPackages.${name} or self.packages.${pkgs.stdenv.buildPlatform.system}.${name};
  };
  module = name: file: {
    key = "givc#nixosModules.${name}";
    _file = toString file;
    _class = "nixos";
    imports = [ (import file { inherit programs; }) ];
  };
  modules = builtins.mapAttrs module {
    admin = ./admin.nix;
    host = ./host.nix;
    sysvm = ./sysvm.nix;
    appvm = ./appvm.nix;
    dbus = ./dbus.nix;
    tls = ./tls.nix;
    ota-update-server = ./ota-update-server.nix;
  };
in
{
  inherit modules;
  # For tests with machines alone: each configures the machine that imports it.
  tests = import ../tests/machines.nix { inherit modules programs; };
}
