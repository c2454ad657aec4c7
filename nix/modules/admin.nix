# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The admin.
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
  rules = import ../rules.nix { inherit lib; };
  policies = import ../policy-admin.nix { inherit lib pkgs; };
  cfg = config.givc.admin;

  rulesFile = "givc-admin-acl/rules.cedar";
  checkedRules = rules.check {
    inherit pkgs programs;
    daemon = "admin";
    name = "givc-admin-rules";
    text = rules.admin cfg.accessControl.adminRules;
  };

  of = protocol: lib.filter (address: address.protocol == protocol) cfg.addresses;
  listen =
    map ({ addr, port, ... }: "${addr}:${port}") (of "tcp")
    ++ sockets
    ++ map ({ addr, port, ... }: "vsock:${addr}:${port}") (of "vsock");
  sockets = map ({ addr, ... }: units.socketPath addr) (of "unix");

  credentials = units.credentials "givc-admin" cfg.tls;
  isLoaded = cfg.loadCredentials && cfg.tls.enable;
  tls = if isLoaded then credentials.tls else cfg.tls;
  bool = lib.boolToString;
in
{
  options.givc.admin = {
    enable = shared.enable "the admin";
    debug = shared.enable "log lines for debugging";
    package = shared.package pkgs programs "givc-admin";
    inherit (shared) hardening loadCredentials tls;
    name = shared.text "localhost" "Name of this machine.";
    addresses = lib.mkOption {
      type = lib.types.listOf shared.transportType;
      default = [ ];
      description = "Where the admin listens.";
    };
    services = shared.texts [ ] "VMs that are kept running, by the units of their agents.";
    accessControl = shared.adminAcl;
    policyAdmin = policies.options;
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      (units.assertions.accessControl "givc.admin" cfg.accessControl cfg.tls)
      (units.assertions.tls "givc.admin.tls" cfg.tls)
      {
        assertion = cfg.addresses != [ ];
        message = "givc.admin.addresses is empty: say where the admin listens, such as { addr = \"192.168.100.10\"; port = \"9001\"; }.";
      }
    ]
    ++ lib.concatMap (units.assertions.transport "givc.admin.addresses.*") cfg.addresses
    ++ policies.assertions cfg.policyAdmin;

    environment.etc.${rulesFile}.source = checkedRules;
    networking.firewall.allowedTCPPorts = units.tcpPorts cfg.addresses;

    systemd.services.givc-admin = lib.mkMerge [
      (units.service {
        inherit pkgs;
        logs = "givc-admin";
      })
      {
        description = "GIVC admin";
        wants = [ "network.target" ];
        after = [ "network.target" ];
        wantedBy = [ "multi-user.target" ];
        path = lib.optional cfg.policyAdmin.enable pkgs.git;
        reloadTriggers = [ checkedRules ];
        environment = {
          NAME = cfg.name;
          TYPE = "4";
          SUBTYPE = "5";
          TLS = bool cfg.tls.enable;
          SERVICES = lib.concatStringsSep " " cfg.services;
          ACCESS_CONTROL = bool cfg.accessControl.enable;
          CEDAR_FILE = "/etc/${rulesFile}";
          POLICY_ADMIN = bool cfg.policyAdmin.enable;
          POLICY_STORE = cfg.policyAdmin.storePath;
          POLICY_CONFIG = units.variable (policies.configuration cfg.policyAdmin);
        }
        // lib.optionalAttrs cfg.tls.enable {
          CA_CERT = tls.caCertPath;
          HOST_CERT = tls.certPath;
          HOST_KEY = tls.keyPath;
        }
        // lib.optionalAttrs cfg.debug { GIVC_LOG = "debug"; };
        serviceConfig = {
          ExecStart = lib.concatStringsSep " " (
            [ "${cfg.package}/bin/givc-admin" ]
            ++ lib.concatMap (address: [
              "--listen"
              (units.argument address)
            ]) listen
          );
          StateDirectory = "givc";
          LogsDirectoryMode = "0750";
          LimitNOFILE = 8192;
          OOMScoreAdjust = -900;
        }
        // lib.optionalAttrs isLoaded { inherit (credentials) LoadCredential; };
      }
      (policies.service cfg.policyAdmin)
      (lib.mkIf cfg.hardening {
        serviceConfig = lib.mkMerge [
          (units.hardened "admin" (
            units.reasonsOf sockets
            ++ units.vsockOf cfg.addresses
            ++ lib.optional cfg.policyAdmin.enable "policyAdmin"
          ))
          {
            # In addition to /etc, where the locale and the timezone are kept.
            ReadWritePaths = lib.remove "/etc" (
              units.writable (sockets ++ lib.optional cfg.policyAdmin.enable cfg.policyAdmin.storePath)
            );
          }
        ];
      })
    ];
  };
}
