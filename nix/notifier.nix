# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# Shows the notifications for the agent of a system VM in the sessions of its users.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  shared = import ./types.nix { inherit lib; };
  system = config.givc.sysvm;
  cfg = system.notifier;
  folder = dirOf cfg.socketPath;

  notify = pkgs.writeShellApplication {
    name = "givc-notify";
    runtimeInputs = [
      pkgs.coreutils
      pkgs.jq
      pkgs.libnotify
      pkgs.systemd
    ];
    text = ''
      # Only sessions at a seat have a user who can see notifications.
      isSeated() {
        local session
        for session in $(loginctl show-user "$(id -u)" --property=Sessions --value 2>/dev/null); do
          [ -z "$(loginctl show-session "$session" --property=Seat --value 2>/dev/null)" ] || return 0
        done
        return 1
      }
      isSeated || exit 0
      input=$(cat)
      [ -n "$input" ] || exit 0

      # A value of another type counts as missing. Each value is one string of bash.
      assignments=$(jq --raw-output '
        def text($default): if type == "string" and . != "" then . else $default end;
        (if type == "object" then . else {} end)
        | (if (.Urgency == 0 or .Urgency == 1 or .Urgency == 2) then .Urgency else 1 end) as $urgency
        | "event=\(.Event | text("[unknown]") | @sh)",
          "title=\(.Title | text("System Event") | @sh)",
          "urgency=\(["low", "normal", "critical"][$urgency])",
          "icon=\(.Icon | text("dialog-" + ["information", "warning", "error"][$urgency]) | @sh)",
          "message=\(.Message | text("(no details provided)") | @sh)"
      ' <<<"$input")
      eval "$assignments"
      # shellcheck disable=SC2154
      exec notify-send --expire-time=${toString cfg.timeout} --app-name="$event" --urgency="$urgency" \
        --icon="$icon" -- "$title" "$message"
    '';
  };
in
{
  options.givc.sysvm.notifier = {
    enable = shared.enable "notifications for the users of this machine";
    socketPath = lib.mkOption {
      type = lib.types.str;
      default = "/run/log/journal-notifier/user-%U.sock";
      readOnly = true;
      description = "The socket of each user; %U stands for the user's id.";
    };
    timeout = lib.mkOption {
      type = lib.types.int;
      default = 10000;
      description = "The time for which a notification is shown, in milliseconds.";
    };
    group = shared.text "users" "Group of the users who are notified.";
  };

  config = lib.mkIf (system.enable && cfg.enable) {
    systemd = {
      tmpfiles.rules = [ "d ${folder} 0770 root ${cfg.group} -" ];
      user.sockets.event-notifier = {
        description = "Notifications of GIVC";
        listenStreams = [ cfg.socketPath ];
        wantedBy = [ "sockets.target" ];
        unitConfig = {
          ConditionGroup = cfg.group;
          ConditionPathExists = folder;
        };
        socketConfig = {
          Accept = true;
          SocketMode = "0660";
          SocketGroup = cfg.group;
          DirectoryMode = "0770";
        };
      };
      user.services."event-notifier@" = {
        description = "Shows a notification of GIVC";
        serviceConfig = (import ./units.nix { inherit lib; }).hardened "session" [ ] // {
          Type = "oneshot";
          ExecStart = "${notify}/bin/givc-notify";
          StandardInput = "socket";
          StandardOutput = "journal";
          StandardError = "journal";
          # Otherwise there would be a unit for each notification until the user logs out.
          RemainAfterExit = false;
        };
      };
    };
  };
}
