# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# `nix flake check` builds the programs and the documentation, and checks the formatting of the Nix files.
{
  pkgs,
  packages,
  tests,
}:
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
// pkgs.lib.optionalAttrs pkgs.stdenv.hostPlatform.isx86_64 {
  vmTests-admin = pkgs.testers.runNixOSTest (
    import ./tests/admin.nix {
      modules = tests;
      inherit (packages) givc-cli;
    }
  );
}
