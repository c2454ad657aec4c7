# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# api/nixos: the options of each module, from their own descriptions; api/grpc: the protocol. Each file begins with its
# title and description, in the form for sites made by Starlight.
{
  lib,
  runCommand,
  nixosOptionsDoc,
  nixosModules,
}:
let
  moduleOptions = import ./options.nix { inherit lib nixosModules; };
  markdownOf =
    name: options:
    (nixosOptionsDoc {
      inherit options;
      documentType = "none";
      revision = name;
    }).optionsCommonMark;
  title = text: description: "---\ntitle: ${text}\ndescription: ${description}\n---\n";
in
runCommand "givc-docs" { } ''
  mkdir -p $out/api/nixos $out/api/grpc
  ${lib.concatStrings (
    lib.mapAttrsToList (name: options: ''
      {
        printf %s ${lib.escapeShellArg (title "Module ${name}" "Options of the NixOS module ${name} of GIVC.")}
        cat ${markdownOf name options}
      } >$out/api/nixos/${name}.md
    '') moduleOptions
  )}
  cd ${../proto}
  for file in */*.proto; do
    name=$(basename $file .proto)
    {
      printf '%s\n' --- "title: $name.proto" "description: The protocol of GIVC, $file." --- "" '```proto'
      cat $file
      echo '```'
    } >$out/api/grpc/$name.md
  done
''
