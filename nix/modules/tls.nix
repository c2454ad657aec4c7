# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# Certificates of all machines, made by the host at its first start. The key of the authority is not kept.
{ programs }:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  shared = import ../types.nix { inherit lib; };
  units = import ../units.nix { inherit lib; };
  cfg = config.givc.tls;

  names = lib.unique (map ({ name, ... }: name) cfg.agents ++ [ cfg.generatorHostName ]);
  isAddress = addr: builtins.match "[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*" addr != null;
  addressesOf =
    name:
    lib.unique (
      map ({ addr, ... }: addr) (
        lib.filter (agent: agent.name == name && agent.protocol == "tcp" && isAddress agent.addr) cfg.agents
      )
    );
  words = lib.escapeShellArgs names;

  checkCerts = pkgs.writeShellApplication {
    name = "givc-check-certs";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.gnugrep
    ];
    text = ''
      list=/etc/givc/givc.certs
      [ -e $list ] || exit 0
      names=(${words})
      for name in "''${names[@]}"; do
        if ! tr ' ' '\n' <$list | grep --quiet --fixed-strings --line-regexp -e "$name"; then
          echo "$name has no certificate: all are made again"
          rm -f $list /etc/givc/tls.lock
          exit 0
        fi
      done
    '';
  };

  keySetup = pkgs.writeShellApplication {
    name = "givc-key-setup";
    runtimeInputs = [
      cfg.package
      pkgs.coreutils
      pkgs.e2fsprogs
      pkgs.findutils
      pkgs.systemd
    ];
    text = ''
      folder=$(mktemp -d)
      trap 'rm -rf "$folder"' EXIT
      # Later than the last day of the certificates that it signs.
      givc-cli certs authority "$folder/ca" --name GIVC --days 3660
      issue() {
        local name=$1
        shift
        givc-cli certs issue "$name" --authority "$folder/ca" --out "$folder/$name" --days 3650 "$@"
      }
      ${lib.concatMapStringsSep "\n" (
        name:
        "issue ${lib.escapeShellArg name}"
        + lib.concatMapStrings (addr: " --ip ${addr}") (addressesOf name)
        + lib.optionalString (name != cfg.generatorHostName) " --image ext4 --image-size 2M"
      ) names}

      mkdir -p /etc/givc
      find /etc/givc -mindepth 1 -delete
      own=$folder/${lib.escapeShellArg cfg.generatorHostName}
      install -m 0644 "$own/ca-cert.pem" "$own/cert.pem" /etc/givc
      install -m 0400 "$own/key.pem" /etc/givc
      storage=${lib.escapeShellArg cfg.storagePath}
      names=(${words})
      for name in "''${names[@]}"; do
        image=$folder/$name.img
        [ -e "$image" ] || continue
        e2label "$image" "givc-$name"
        # The user that runs the VM reads it; the mode of the folder restricts other users.
        install -m 0644 "$image" "$storage/$name.img"
      done
      echo "''${names[*]}" >/etc/givc/givc.certs
      touch /etc/givc/tls.lock
      chmod 0 /etc/givc/tls.lock
      systemd-notify --ready
    '';
  };
in
{
  options.givc.tls = {
    enable = shared.enable "the creation of certificates for all machines";
    package = shared.package pkgs programs "givc-cli";
    agents = lib.mkOption {
      type = lib.types.listOf shared.transportType;
      default = [ ];
      description = "The machines that get certificates, by name and address.";
    };
    generatorHostName = shared.text "localhost" "The machine that creates the certificates; its own are in /etc/givc.";
    storagePath = shared.text "/etc/givc" "Existing folder for the images of the other machines.";
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = cfg.agents != [ ];
        message = "givc.tls.agents is empty: list the machines that get certificates.";
      }
      {
        assertion = cfg.generatorHostName != "";
        message = "givc.tls.generatorHostName is empty: name this machine, such as config.networking.hostName.";
      }
      {
        assertion = cfg.storagePath != "";
        message = "givc.tls.storagePath is empty: name the folder for the images.";
      }
    ];

    systemd.services = {
      givc-check-certs = {
        description = "Whether each machine has a certificate of GIVC";
        after = [ "local-fs.target" ];
        wantedBy = [ "local-fs.target" ];
        serviceConfig = units.hardened "tool" [ ] // {
          Type = "oneshot";
          ExecStart = "${checkCerts}/bin/givc-check-certs";
          ReadWritePaths = [ "/etc" ];
        };
      };
      givc-key-setup = {
        description = "Certificates of GIVC for all machines";
        after = [ "givc-check-certs.service" ];
        wantedBy = [ "local-fs.target" ];
        unitConfig.ConditionPathExists = "!/etc/givc/tls.lock";
        serviceConfig =
          units.hardened "tool" (lib.remove "sharedTmp" (units.reasonsOf [ cfg.storagePath ]))
          // {
            Type = "notify";
            NotifyAccess = "all";
            Restart = "no";
            ExecStart = "${keySetup}/bin/givc-key-setup";
            ReadWritePaths = lib.unique [
              "/etc"
              "-${cfg.storagePath}"
            ];
          };
      };
    };
  };
}
