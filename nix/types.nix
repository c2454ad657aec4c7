# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# Types and options that several modules share.
{ lib }:
let
  inherit (lib) mkOption types;

  enable =
    what:
    mkOption {
      type = types.bool;
      default = false;
      description = "Whether to enable ${what}.";
    };
  text =
    default: description:
    mkOption {
      type = types.str;
      inherit default description;
    };
  texts =
    default: description:
    mkOption {
      type = types.listOf types.str;
      inherit default description;
    };
  submodule = options: types.submodule { inherit options; };
  # An option that is left out of the agent's configuration unless it is set.
  optional =
    type: description:
    mkOption {
      type = types.nullOr type;
      default = null;
      inherit description;
    };
  # Leaves out unset options, of those in `names`.
  withoutUnset = names: lib.filterAttrs (name: value: value != null || !lib.elem name names);
  accessControl =
    rules: description:
    { rule, ... }@list:
    mkOption {
      type = submodule {
        enable = enable "rules of access control";
        ${rules} = mkOption {
          type = types.listOf (submodule rule);
          default = [ ];
          inherit (list) description;
        };
      };
      default = { };
      inherit description;
    };
in
rec {
  inherit enable text texts;

  transportType = submodule {
    name = text "localhost" "Name in the certificate of the peer that listens at this address, or its host name.";
    addr = text "127.0.0.1" "IPv4 address, CID of vsock, or path of a unix socket.";
    port = text "9000" "Port of TCP or vsock.";
    protocol = mkOption {
      type = types.enum [
        "tcp"
        "unix"
        "vsock"
      ];
      default = "tcp";
      description = "Protocol of the address.";
    };
  };

  transport =
    description:
    mkOption {
      type = transportType;
      default = { };
      inherit description;
    };

  tls = mkOption {
    type = submodule {
      enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether peers authenticate each other by mutual TLS.";
      };
      caCertPath = text "/etc/givc/ca-cert.pem" "Certificates of the authorities that are trusted, PEM.";
      certPath = text "/etc/givc/cert.pem" "Certificate of this machine, PEM.";
      keyPath = text "/etc/givc/key.pem" "Private key of this machine, PEM.";
    };
    default = { };
    description = "Certificates of this machine.";
  };

  applicationType = submodule {
    name = mkOption {
      type = types.str;
      description = "Name by which the application is started.";
    };
    command = mkOption {
      type = types.str;
      description = "Absolute path of the program, then arguments; they are split at spaces.";
    };
    args = mkOption {
      type = types.listOf (
        types.enum [
          "url"
          "flag"
          "file"
        ]
      );
      default = [ ];
      description = "Kinds of arguments that a caller may add.";
    };
    directories = texts [ ] "Folders in which a caller may name files.";
  };

  # `isServer`: whether this machine serves D-Bus proxies.
  socketProxyType =
    isServer:
    submodule {
      transport = transport "The machine at the other end, and the port of this pair of sockets.";
      socket = text "/tmp/.dbusproxy.sock" "Path of the unix socket of the service, or of the socket that the agent creates.";
      server = mkOption {
        type = types.bool;
        default = isServer;
        defaultText = lib.literalExpression "config.givc.dbusproxy.enable";
        description = "Whether this machine has the socket of the service.";
      };
      permittedSource = optional types.str "The only machine that may connect to a server, instead of the one that `transport` names.";
      owner = optional types.str "Owner of the socket that is made; root unless set. A server makes none.";
      group = optional types.str "Group of the socket that is made; `users` unless set.";
      mode = optional (types.strMatching "0?[0-7]{3}") "Mode of the socket that is made; `0770` unless set.";
      maxConnections = optional (types.ints.between 1 1000) "Maximum number of connections at a time; 256 unless set.";
    };

  eventType = submodule {
    transport = transport "The machine that consumes the events.";
    producer = {
      enable = enable "the sending of the events of a device";
      grab = optional types.bool "Whether only the consumer receives the events, and not this machine; `false` unless set.";
    };
    consumer = {
      enable = enable "the receiving of events";
      permittedSource = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = "The only machine that may send events; without it, no machine may.";
      };
      classes =
        optional
          (types.listOf (
            types.enum [
              "pointer"
              "controller"
              "keyboard"
              "switch"
            ]
          ))
          "What the virtual devices may do; `pointer` and `controller` unless set. With `keyboard`, the producer can type commands.";
    };
    device = text "" "Part of the names of the devices, in upper or lower case.";
  };

  # The entries of the two proxies in the form of the agent's configuration.
  socketProxyEntry = withoutUnset [
    "permittedSource"
    "owner"
    "group"
    "mode"
    "maxConnections"
  ];
  eventEntry =
    { producer, consumer, ... }@event:
    event
    // {
      producer = withoutUnset [ "grab" ] producer;
      consumer = withoutUnset [ "classes" ] consumer;
    };

  policyClient = mkOption {
    type = submodule {
      enable = enable "policies from the admin";
      storePath = text "/etc/policies" "Folder in which policies are kept.";
      policies = mkOption {
        type = types.attrsOf types.str;
        default = { };
        example = {
          firewall = "/etc/firewall/rules.nft";
        };
        description = "The policies to install, each with its path; with an empty path a policy is only kept in the folder.";
      };
    };
    default = { };
    description = "Policies that this machine gets from the admin.";
  };

  agentAcl = accessControl "agentRules" "Who may call this agent." {
    description = "Who may call this agent; the modules add what the capabilities need.";
    rule = {
      permittedVms = texts [ ] "Machines that may call.";
      permittedModules = texts [ ] "Packages of the protocol that they may call, such as `systemd`.";
    };
  };

  adminAcl = accessControl "adminRules" "Who may call the admin." {
    description = "Who may call the admin.";
    rule = {
      from = texts [ ] "Machines that may call.";
      to = texts [ ] "VMs that the call may concern; any if empty.";
      permittedRequests = texts [ ] "Requests that they may make, such as `StartApplication`; those of other packages than `admin` with the package, such as `journal.ReadJournal`.";
    };
  };

  package =
    pkgs: programs: name:
    mkOption {
      type = types.package;
      default = programs.of pkgs name;
      defaultText = lib.literalExpression "pkgs.${name}";
      description = "The package that has ${name}.";
    };

  hardening = mkOption {
    type = types.bool;
    default = true;
    description = ''
      Whether systemd confines the unit. A single setting is loosened in the unit itself, such as
      `systemd.services.givc-admin.serviceConfig.ProtectHome = false`; what is a list there is added to.
    '';
  };

  loadCredentials = mkOption {
    type = types.bool;
    default = false;
    description = ''
      Whether systemd reads the certificates and the key and hands them to the unit (LoadCredential=), which then needs no
      access to the files. It copies them once, so that the unit has to be restarted after certificates were renewed.
    '';
  };
}
