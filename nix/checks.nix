# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# What `nix flake check` builds: the programs, the documentation, and the form of the Nix files.
{ pkgs, packages }:
{
  inherit (packages)
    givc-admin
    givc-agent
    givc-cli
    docs
    ;

  nix-files =
    pkgs.runCommand "givc-nix-files"
      {
        nativeBuildInputs = [
          pkgs.nixfmt
          pkgs.deadnix
        ];
      }
      ''
        find ${../nix} ${../flake.nix} -name '*.nix' -exec nixfmt --check {} +
        deadnix --fail ${../nix} ${../flake.nix}
        touch $out
      '';
}
