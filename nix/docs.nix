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
  # The parts of NixOS from which modules read a default are not needed, because only the options are used.
  optionsOf =
    name: module:
    nixosOptionsDoc {
      inherit
        (lib.evalModules {
          modules = [
            module
            {
              _module.check = false;
              _module.args.pkgs = { };
            }
          ];
        })
        options
        ;
      transformOptions =
        option: option // { visible = option.visible && lib.elem (lib.head option.loc) namespaces; };
      documentType = "none";
      revision = name;
    };
  namespaces = [
    "givc"
    "services"
  ];
  title = text: description: "---\ntitle: ${text}\ndescription: ${description}\n---\n";
in
runCommand "givc-docs" { } ''
  mkdir -p $out/api/nixos $out/api/grpc
  ${lib.concatStrings (
    lib.mapAttrsToList (name: module: ''
      {
        printf %s ${lib.escapeShellArg (title "Module ${name}" "Options of the NixOS module ${name} of GIVC.")}
        cat ${(optionsOf name module).optionsCommonMark}
      } >$out/api/nixos/${name}.md
    '') nixosModules
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
