# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The options of each module, which are not evaluated with those of NixOS: the parts of it from which modules read a
# default are not needed.
{ lib, nixosModules }:
let
  namespaces = [
    "givc"
    "services"
  ];
in
lib.mapAttrs (
  _: module:
  lib.filterAttrs (name: _: lib.elem name namespaces)
    (lib.evalModules {
      modules = [
        module
        {
          _module.check = false;
          _module.args.pkgs = { };
        }
      ];
    }).options
) nixosModules
