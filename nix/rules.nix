# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# Cedar rules of access control.
{ lib }:
let
  quoted = builtins.toJSON;
  oneOf =
    left: type: values:
    lib.concatMapStringsSep " || " (value: "${left} == ${type}${quoted value}") values;
  permit = conditions: ''
    permit (
      principal,
      action,
      resource
    )
    when {
      ${lib.concatStringsSep " &&\n  " conditions}
    };
  '';
  reflection = permit [
    ''(action == Command::"ServerReflectionInfo")''
    ''(resource == Module::"grpc")''
  ];
  agentRule =
    { permittedVms, permittedModules }:
    lib.optionalString (permittedVms != [ ] && permittedModules != [ ]) (permit [
      "(${oneOf "principal" "Source::" permittedVms})"
      "(${oneOf "resource" "Module::" permittedModules})"
    ]);
  # `journal.ReadJournal` is a request of the package `journal`; without a package it is one of `admin`.
  requestOf =
    request:
    let
      parts = lib.splitString "." request;
    in
    {
      module = if lib.length parts == 1 then "admin" else lib.concatStringsSep "." (lib.init parts);
      command = lib.last parts;
    };
  adminRule =
    {
      from,
      to,
      permittedRequests,
    }:
    let
      requests = map requestOf permittedRequests;
      permitModule =
        module:
        let
          # The field of the requests of this package that names a VM.
          vm = if module == "admin" then "VmName" else "vm";
          commands = map (one: one.command) (lib.filter (one: one.module == module) requests);
        in
        permit (
          [
            "(${oneOf "principal" "Source::" from})"
            "resource == Module::${quoted module}"
            "(${oneOf "action" "Command::" commands})"
          ]
          ++ lib.optional (to != [ ]) "(context has ${quoted vm} && (${oneOf "context.${vm}" "" to}))"
        );
    in
    lib.optionalString (from != [ ]) (
      lib.concatMapStrings permitModule (lib.unique (map (one: one.module) requests))
    );
in
{
  agent = rules: reflection + lib.concatMapStrings agentRule rules;
  admin = rules: reflection + lib.concatMapStrings adminRule rules;

  # The file of rules, which is checked at build time. `daemon` is the daemon that uses them.
  check =
    {
      pkgs,
      programs,
      daemon,
      name,
      text,
    }:
    let
      rules = pkgs.writeText "${name}.cedar" text;
      # Rules of the original name the module wifi, which no call has: it is permitted, and matches nothing.
      schema = pkgs.writeText "${daemon}.cedarschema" (
        lib.replaceStrings [ "entity Module enum [" ] [ ''entity Module enum ["wifi", '' ] (
          lib.readFile ../cedar/${daemon}.cedarschema
        )
      );
    in
    pkgs.runCommand "${name}-checked.cedar" { } ''
      ${programs.atBuild pkgs "givc-cli"}/bin/givc-cli policy check ${rules} --schema ${schema}
      cp ${rules} $out
    '';
}
