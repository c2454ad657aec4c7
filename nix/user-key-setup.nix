# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# Copies of the certificates that the users of a machine may read.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  units = import ./units.nix { inherit lib; };
  system = config.givc.sysvm or { };
in
{
  config =
    lib.mkIf
      (config.givc.appvm.enable or false || (system.enable or false && system.enableUserTlsAccess))
      {
        systemd.services.givc-user-key-setup = {
          description = "Copies of GIVC's certificates for users";
          after = [ "local-fs.target" ];
          wantedBy = [ "local-fs.target" ];
          serviceConfig = units.hardened "tool" [ ] // {
            Type = "oneshot";
            ExecStart = "${pkgs.rsync}/bin/rsync --archive --chown=root:users --chmod=g+rx /etc/givc /run";
            ReadWritePaths = [ "/run" ];
          };
        };
      };
}
