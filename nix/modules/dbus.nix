# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# Parts of this machine's buses, at sockets that an agent connects to other machines.
_:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  shared = import ../types.nix { inherit lib; };
  units = import ../units.nix { inherit lib; };
  cfg = config.givc.dbusproxy;

  names =
    description:
    mkOption {
      type = types.nullOr (types.listOf types.str);
      default = null;
      inherit description;
    };
  proxyOptions = bus: {
    enable = shared.enable "the proxy of the ${bus} bus";
    user = shared.text "root" "User of the proxy; the bus must accept this user.";
    socket = shared.text "/tmp/.dbusproxy.sock" "Path of the proxy's socket.";
    policy = {
      see = names "Names that may be seen.";
      talk = names "Names that may be called.";
      own = names "Names that may be owned.";
      call = names "Methods that may be called, as rules of xdg-dbus-proxy(1).";
      broadcast = names "Signals that may be received, as rules of xdg-dbus-proxy(1).";
    };
    debug = shared.enable "the log of every message";
  };

  command =
    { bus, proxy }:
    lib.concatStringsSep " " (
      map units.argument (
        [
          "${pkgs.xdg-dbus-proxy}/bin/xdg-dbus-proxy"
          "unix:path=${bus}"
          proxy.socket
          "--filter"
        ]
        ++
          lib.concatMap (kind: map (value: "--${kind}=${value}") (lib.defaultTo [ ] proxy.policy.${kind}))
            [
              "see"
              "talk"
              "own"
              "call"
              "broadcast"
            ]
        ++ lib.optional proxy.debug "--log"
      )
    );
  service = {
    startLimitIntervalSec = 0;
    serviceConfig = {
      # xdg-dbus-proxy does not report readiness.
      Type = "exec";
      Restart = "on-failure";
      RestartSec = 1;
      TimeoutStopSec = 5;
    };
  };
  user = config.users.users.${cfg.session.user} or { };
  uid = user.uid or null;
  hasPolicy = proxy: proxy.enable -> lib.any (value: value != null) (lib.attrValues proxy.policy);
in
{
  options.givc.dbusproxy = {
    enable = shared.enable "D-Bus proxies";
    inherit (shared) hardening;
    system = proxyOptions "system";
    session = proxyOptions "session";
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = cfg.system.enable || cfg.session.enable;
        message = "givc.dbusproxy: enable system or session, or disable dbusproxy.";
      }
      {
        assertion = hasPolicy cfg.system;
        message = "givc.dbusproxy.system.policy is empty: list what may be used, such as talk = [ \"org.freedesktop.NetworkManager\" ].";
      }
      {
        assertion = hasPolicy cfg.session;
        message = "givc.dbusproxy.session.policy is empty: list what may be used, such as talk = [ \"org.mpris.MediaPlayer2.*\" ].";
      }
      {
        assertion = cfg.session.enable -> (user.isNormalUser or false && uid != null);
        message = "givc.dbusproxy.session.user: ${builtins.toJSON cfg.session.user} needs a session bus; name a user of users.users with isNormalUser and a uid.";
      }
    ];

    environment.systemPackages = [ pkgs.xdg-dbus-proxy ];

    systemd.services.givc-dbusproxy-system = lib.mkIf cfg.system.enable (
      lib.mkMerge [
        service
        {
          description = "D-Bus proxy of the system bus for GIVC";
          before = [ "givc-setup.target" ];
          wantedBy = [ "givc-setup.target" ];
          serviceConfig = {
            User = cfg.system.user;
            ExecStart = command {
              bus = "/run/dbus/system_bus_socket";
              proxy = cfg.system;
            };
          };
        }
        (lib.mkIf cfg.hardening {
          serviceConfig =
            units.hardened "dbusProxy" (lib.remove "sharedTmp" (units.reasonsOf [ cfg.system.socket ]))
            // {
              ReadWritePaths = units.writable [ cfg.system.socket ];
            };
        })
      ]
    );

    systemd.user.services.givc-dbusproxy-session = lib.mkIf cfg.session.enable (
      lib.mkMerge [
        service
        {
          description = "D-Bus proxy of the session bus for GIVC";
          wants = [ "sockets.target" ];
          after = [ "sockets.target" ];
          wantedBy = [ "default.target" ];
          unitConfig.ConditionUser = cfg.session.user;
          serviceConfig.ExecStart = command {
            bus = "/run/user/${toString uid}/bus";
            proxy = cfg.session;
          };
        }
        (lib.mkIf cfg.hardening { serviceConfig = units.hardened "session" [ ]; })
      ]
    );
  };
}
