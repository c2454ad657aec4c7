# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

{
  description = "GIVC in TypeScript: gRPC inter-VM communication, a drop-in for ghaf-givc";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

    # The original, for the programs of it that are not ours: ota-update, ota-update-server, ota-oras-push. It is fetched
    # when one of them is used, and may be left out: inputs.givc.inputs.ghaf-givc.follows = "".
    ghaf-givc = {
      url = "github:tiiuae/ghaf-givc/c2276290194ae1fd6ac34253ef7d58285b43273c";
      inputs = {
        nixpkgs.follows = "nixpkgs";
        crane.follows = "crane";
        devshell.follows = "devshell";
        flake-parts.follows = "flake-parts";
        flake-root.follows = "flake-root";
        ghafpkgs.follows = "ghafpkgs";
        pre-commit-hooks-nix.follows = "pre-commit-hooks-nix";
        treefmt-nix.follows = "treefmt-nix";
      };
    };

    # Nothing here uses these. They are the inputs of the original, by its names: flakes that use GIVC follow them
    # ("givc/crane") or have them follow their own.
    crane.url = "github:ipetkov/crane";
    devshell = {
      url = "github:numtide/devshell";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    flake-parts = {
      url = "github:hercules-ci/flake-parts";
      inputs.nixpkgs-lib.follows = "nixpkgs";
    };
    flake-root.url = "github:srid/flake-root";
    ghafpkgs = {
      url = "github:tiiuae/ghafpkgs";
      inputs = {
        nixpkgs.follows = "nixpkgs";
        crane.follows = "crane";
        devshell.follows = "devshell";
        flake-parts.follows = "flake-parts";
        treefmt-nix.follows = "treefmt-nix";
      };
    };
    pre-commit-hooks-nix = {
      url = "github:cachix/git-hooks.nix";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    treefmt-nix = {
      url = "github:numtide/treefmt-nix";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    { self, nixpkgs, ... }@inputs:
    let
      forEachSystem =
        f:
        nixpkgs.lib.genAttrs [
          "x86_64-linux"
          "aarch64-linux"
        ] (system: f nixpkgs.legacyPackages.${system});
      inherit (import ./nix/modules { inherit self; }) modules tests;
      packagesFor =
        pkgs:
        import ./nix/packages.nix {
          inherit pkgs;
          nixosModules = modules;
          original = inputs.ghaf-givc.packages.${pkgs.stdenv.hostPlatform.system} or { };
        };
    in
    {
      nixosModules = modules // tests;

      packages = forEachSystem (
        pkgs:
        let
          packages = packagesFor pkgs;
        in
        packages // { default = packages.givc-cli; }
      );

      overlays.default = import ./nix/overlay.nix { inherit packagesFor; };

      apps = forEachSystem (
        pkgs:
        let
          app = name: {
            type = "app";
            program = "${self.packages.${pkgs.stdenv.hostPlatform.system}.${name}}/bin/${name}";
          };
        in
        {
          default = app "givc-cli";
          ota-update = app "ota-update";
          ota-oras-push = app "ota-oras-push";
        }
      );

      checks = forEachSystem (
        pkgs:
        import ./nix/checks.nix {
          inherit pkgs tests;
          packages = self.packages.${pkgs.stdenv.hostPlatform.system};
        }
      );

      devShells = forEachSystem (pkgs: {
        default = pkgs.mkShell {
          packages = [
            pkgs.nodejs_24
            pkgs.nixfmt
            pkgs.deadnix
          ];
        };
      });

      formatter = forEachSystem (pkgs: pkgs.nixfmt-tree);
    };
}
