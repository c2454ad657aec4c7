# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The packages, by their names in nixpkgs.
{ packagesFor }:
final: _:
let
  packages = packagesFor final;
in
{
  inherit (packages)
    givc-admin
    givc-agent
    givc-cli
    ota-update
    ota-update-server
    ;
  givc-docs = packages.docs;
}
