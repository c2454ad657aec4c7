# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The common settings of the daemons' units.
{ lib }:
let
  data = lib.importJSON ../packaging/hardening.json;
  isBelow = folder: path: path == folder || lib.hasPrefix "${folder}/" path;
in
rec {
  inherit isBelow;

  # Restarts the unit however it ended, except for an invalid configuration (status 2), and never gives up.
  service =
    { pkgs, logs }:
    {
      startLimitIntervalSec = 0;
      environment.GIVC_AUDIT = "%L/${logs}/audit.log";
      serviceConfig = {
        # systemd-notify(1), a child process, sends READY=1, RELOADING=1, STOPPING=1 and STATUS=.
        Type = "notify";
        NotifyAccess = "all";
        ExecReload = "${pkgs.coreutils}/bin/kill -HUP $MAINPID";
        Restart = "on-failure";
        RestartSec = 1;
        RestartPreventExitStatus = 2;
        TimeoutStopSec = 5;
        LogsDirectory = logs;
        LogRateLimitIntervalSec = "30s";
        LogRateLimitBurst = 10000;
        # When a child process is killed because memory runs out, the daemon continues.
        OOMPolicy = "continue";
      };
    };

  # The settings of packaging/hardening.json for `kind`, loosened for each of `reasons`. Single values are defaults,
  # which a configuration may replace; lists are merged with those of a configuration.
  hardened =
    kind: reasons:
    let
      loosened = lib.foldl' (
        settings: reason: settings // data.loosened.${reason}.settings
      ) data.${kind} reasons;
    in
    lib.mapAttrs (_: value: if builtins.isList value then value else lib.mkDefault value) (
      lib.filterAttrs (_: value: value != null) loosened
    );

  # The reasons for which paths need a part of the file system that is otherwise closed.
  reasonsOf =
    paths:
    lib.optional (lib.any (isBelow "/tmp") paths) "sharedTmp"
    ++ lib.optional (lib.any (
      path: isBelow "/home" path || isBelow "/root" path || isBelow "/run/user" path
    ) paths) "home";

  # Whether an address uses vsock.
  vsockOf =
    transports: lib.optional (lib.any ({ protocol, ... }: protocol == "vsock") transports) "vsock";

  # The folders that must be writable for files at these paths: their parents, or all of /etc, where folders may be
  # missing when the unit starts.
  writable =
    paths:
    lib.unique (
      map (path: if isBelow "/etc" path then "/etc" else "-${dirOf path}") (
        lib.filter (lib.hasPrefix "/") paths
      )
    );

  # An argument in ExecStart=, systemd.service(5).
  argument =
    text:
    let
      escaped = lib.replaceStrings [ "%" "$" ] [ "%%" "$$" ] text;
    in
    if builtins.match "[A-Za-z0-9:/._@,+=*%$-]+" text != null then escaped else builtins.toJSON escaped;

  # A value in Environment=, whose specifiers are expanded.
  variable = lib.replaceStrings [ "%" ] [ "%%" ];

  # Certificates as credentials: the credentials that the unit loads, and their paths in the unit.
  credentials =
    unit: tls:
    let
      files = {
        caCertPath = "ca-cert.pem";
        certPath = "cert.pem";
        keyPath = "key.pem";
      };
    in
    {
      LoadCredential = lib.mapAttrsToList (option: file: "${file}:${tls.${option}}") files;
      tls = tls // lib.mapAttrs (_: file: "/run/credentials/${unit}.service/${file}") files;
    };

  isCid = number: builtins.match "[0-9]{1,10}|any|-1" number != null;
  isHost = addr: builtins.match "[][A-Za-z0-9._:%-]+" addr != null;
  # The modules of the original have an example with this scheme.
  socketPath = lib.removePrefix "unix://";
  isPort = port: builtins.match "[0-9]{1,5}" port != null && lib.toIntBase10 port <= 65535;
  # TCP ports of transports; the assertions report invalid ports.
  tcpPorts =
    transports:
    map ({ port, ... }: lib.toIntBase10 port) (
      lib.filter ({ protocol, port, ... }: protocol == "tcp" && isPort port) transports
    );

  assertions = {
    tls = option: tls: {
      assertion = tls.enable -> (tls.caCertPath != "" && tls.certPath != "" && tls.keyPath != "");
      message = "${option}: with TLS each of caCertPath, certPath and keyPath needs a path; or set ${option}.enable = false.";
    };
    accessControl = option: accessControl: tls: {
      assertion = accessControl.enable -> tls.enable;
      message = "${option}.accessControl: rules of access control are about names in certificates, so they need TLS; enable TLS, or disable access control.";
    };
    transport = option: transport: [
      {
        assertion = transport.protocol == "vsock" -> isCid transport.addr && isCid transport.port;
        message = "${option}: ${builtins.toJSON transport.addr}:${builtins.toJSON transport.port} is not a CID and port of vsock; expected numbers of 32 bits, or any where the admin listens.";
      }
      {
        assertion = transport.protocol == "tcp" -> isPort transport.port;
        message = "${option}.port: ${builtins.toJSON transport.port} is not a port; expected 0-65535.";
      }
      {
        assertion = transport.protocol == "tcp" -> isHost transport.addr;
        message = "${option}.addr: ${builtins.toJSON transport.addr} is not an address; expected one of IPv4 or IPv6, or a host name.";
      }
      {
        assertion = transport.protocol == "unix" -> lib.hasPrefix "/" (socketPath transport.addr);
        message = "${option}.addr: ${builtins.toJSON transport.addr} is not the path of a unix socket; expected an absolute one, such as /run/givc/admin.sock.";
      }
    ];
    # The name of an agent is part of the names of units.
    name = option: name: {
      assertion = builtins.match "[A-Za-z0-9._-]{1,63}" name != null;
      message = "${option}: ${builtins.toJSON name} is not a name of a machine; expected letters, digits, \"-\", \"_\" and \".\", at most 63.";
    };
  };
}
