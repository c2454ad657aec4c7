# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The NixOS modules by their names. A key makes one that is imported twice one module.
{ self }:
let
  # A program for the machine that is configured: from the overlay where it is applied, else from this flake.
  programs = {
    of = pkgs: name: pkgs.${name} or self.packages.${pkgs.stdenv.hostPlatform.system}.${name};
    # One that runs when the configuration is built.
    atBuild =
      pkgs: name: pkgs.buildPackages.${name} or self.packages.${pkgs.stdenv.buildPlatform.system}.${name};
  };
  module = name: file: {
    key = "givc#nixosModules.${name}";
    _file = toString file;
    _class = "nixos";
    imports = [ (import file { inherit programs; }) ];
  };
in
builtins.mapAttrs module {
  admin = ./admin.nix;
  host = ./host.nix;
  sysvm = ./sysvm.nix;
  appvm = ./appvm.nix;
  dbus = ./dbus.nix;
  tls = ./tls.nix;
  ota-update-server = ./ota-update-server.nix;
}
