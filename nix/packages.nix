# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# Every package of the flake. The three programs are outputs of one build.
{
  pkgs,
  nixosModules,
  # The packages of the original's flake for this system; empty without that input.
  original,
}:
let
  inherit (pkgs) lib;

  built = pkgs.callPackage ./package.nix { };

  # An output of the build as a package, with its own main program for lib.getExe.
  program =
    name: output:
    output
    // {
      pname = name;
      meta = built.meta // {
        mainProgram = name;
      };
    };

  # Packages of the original. Without the original they exist, too, so that configurations that use them evaluate;
  # building one fails with advice.
  ofOriginal =
    name:
    original.${name} or (pkgs.runCommand name { meta.mainProgram = name; } ''
      echo ${lib.escapeShellArg "${name} is a program of the original GIVC, and this flake has no input of it: let inputs.givc.inputs.ghaf-givc be github:tiiuae/ghaf-givc, or remove what uses ${name} (on a host: givc.host.otaUpdate = null)."} >&2
      exit 1
    '');

  ota-update = ofOriginal "ota-update";
  ota-update-server = ofOriginal "ota-update-server";
in
{
  # Aliases with the names of the original's outputs: givc-admin.cli, .agent, .ota, .update_server.
  givc-admin = program "givc-admin" built // {
    ota = ota-update;
    update_server = ota-update-server;
  };
  givc-agent = program "givc-agent" built.agent;
  givc-cli = program "givc-cli" built.cli;
  inherit ota-update ota-update-server;
  ota-oras-push = ofOriginal "ota-oras-push";
  docs = pkgs.callPackage ./docs.nix { inherit nixosModules; };
}
