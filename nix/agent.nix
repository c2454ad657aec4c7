# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The common parts of the modules of the three kinds of agents (host, sysvm and appvm): options, and the definitions
# that follow from them.
{ programs, role }:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  shared = import ./types.nix { inherit lib; };
  units = import ./units.nix { inherit lib; };
  rules = import ./rules.nix { inherit lib; };

  cfg = config.givc.${role};
  own = cfg.network.agent.transport;
  isSession = role == "appvm";
  # An assertion rejects two agents of one name; the evaluation has to get that far.
  isTaken =
    role == "sysvm"
    && lib.elem "host" roles
    && config.givc.host.network.agent.transport.name == own.name;
  unit = "givc-${own.name}${lib.optionalString isTaken "-${role}"}";

  # If there are several agents on one machine, each has its own files.
  roles = lib.filter (name: config.givc.${name}.enable or false) [
    "host"
    "sysvm"
    "appvm"
  ];
  place = name: if lib.length roles > 1 then "${name}/${role}" else name;
  configFile = "${place "givc-agent"}/config.json";
  rulesFile = "${place "givc-agent-acl"}/rules.cedar";
  logs = place "givc-agent";

  sockets = lib.optionals (cfg.capabilities.socketProxy.enable or false) (
    lib.defaultTo [ ] cfg.capabilities.socketProxy.sockets
  );
  events = lib.optionals (cfg.capabilities.eventProxy.enable or false) (
    lib.defaultTo [ ] cfg.capabilities.eventProxy.events
  );
  policies = lib.optionals cfg.capabilities.policy.enable (
    [ "${cfg.capabilities.policy.storePath}/." ] ++ lib.attrValues cfg.capabilities.policy.policies
  );
  isExec = cfg.capabilities.exec.enable or false;
  isCtap = cfg.capabilities.ctap.enable or false;

  # An entry whose transport is the default names no peer, and the agent leaves it out.
  isPeer = transport: transport.name != "localhost" || transport.addr != "127.0.0.1";
  # `null` stays, as in the modules of the original.
  entriesOf = convert: list: if list == null then null else map convert list;
  areUnique = values: lib.length (lib.unique values) == lib.length values;

  transportsOf =
    option:
    lib.concatMap (
      { transport, ... }:
      units.assertions.transport "givc.${role}.capabilities.${option}.*.transport" transport
    );

  # Assertions about another agent of this machine.
  twoAgents = other: transport: [
    {
      assertion = transport.name != own.name;
      message = "givc.${other} and givc.${role} are two agents of one machine: give each a network.agent.transport.name of its own.";
    }
    {
      assertion = transport.addr != own.addr || transport.port != own.port;
      message = "givc.${other} and givc.${role} are two agents of one machine: give each a network.agent.transport.port of its own.";
    }
  ];

  credentials = units.credentials unit cfg.network.tls;
  isLoaded = (cfg.loadCredentials or false) && cfg.network.tls.enable;
in
{
  inherit
    shared
    units
    cfg
    unit
    sockets
    events
    ;

  options = {
    enable = shared.enable "the agent of this machine";
    debug = shared.enable "log lines for debugging";
    package = shared.package pkgs programs "givc-agent";
    hardening = shared.hardening;
    accessControl = shared.agentAcl;
    network = {
      agent.transport = shared.transport "Where this agent listens. Its name is the identity of the agent, and makes the name of its unit.";
      admin.transport = shared.transport "Where the admin listens.";
      inherit (shared) tls;
    };
    capabilities = {
      policy = shared.policyClient;
      journal.enable = shared.enable "the journal of the units that may be controlled";
    };
  };

  # Capabilities of system VMs and of application VMs.
  proxyOptions = {
    socketProxy = {
      enable = shared.enable "unix sockets that are connected to other machines";
      sockets = mkOption {
        type = types.nullOr (types.listOf (shared.socketProxyType (config.givc.dbusproxy.enable or false)));
        default = null;
        description = "The sockets; each has a counterpart on another machine.";
      };
    };
    eventProxy = {
      enable = shared.enable "the use of input devices in another machine";
      events = mkOption {
        type = types.nullOr (types.listOf shared.eventType);
        default = null;
        description = "The devices whose events are passed on, and the machines that accept them.";
      };
    };
  };

  # `identity`: type, subType and, for a VM, parent. `capabilities`: as in the file. `service`: additions to the unit.
  config =
    {
      identity,
      capabilities,
      modules,
      service,
    }:
    let
      proxies = lib.optionalAttrs (capabilities ? socketProxy) {
        socketProxy = capabilities.socketProxy // {
          sockets = entriesOf shared.socketProxyEntry capabilities.socketProxy.sockets;
        };
        eventProxy = capabilities.eventProxy // {
          events = entriesOf shared.eventEntry capabilities.eventProxy.events;
        };
      };
      text = builtins.toJSON {
        identity = identity // {
          inherit (own) name;
        };
        network = cfg.network // lib.optionalAttrs isLoaded { inherit (credentials) tls; };
        capabilities =
          lib.filterAttrs (name: value: name != "journal" || value.enable) capabilities // proxies;
        accessControl = {
          inherit (cfg.accessControl) enable;
          rulesFile = "/etc/${rulesFile}";
        };
      };
      checkedRules = rules.check {
        inherit pkgs programs;
        daemon = "agent";
        name = "${unit}-rules";
        text = rules.agent cfg.accessControl.agentRules;
      };
      # The agent checks its file when the machine is built, without the files of the machine that it names. A release
      # without -check checks it only at its start.
      checkedConfig = pkgs.runCommand "${unit}-config.json" { } ''
        agent=${programs.atBuild pkgs "givc-agent"}/bin/givc-agent
        file=${pkgs.writeText "config.json" text}
        case $($agent --help) in *--no-files*) $agent -check $file -no-files ;; esac
        cp $file $out
      '';
      permit =
        vms: names:
        lib.optional (vms != [ ] && names != [ ]) {
          permittedVms = vms;
          permittedModules = names;
        };
      hardened =
        if isSession then
          units.hardened "session" [ ]
        else
          units.hardened "agent" (
            lib.remove "sharedTmp" (units.reasonsOf (map ({ socket, ... }: socket) sockets ++ policies))
            ++ lib.optional isCtap "ctap"
            ++ lib.optional (events != [ ]) "events"
            ++ units.vsockOf (
              [
                own
                cfg.network.admin.transport
              ]
              ++ map ({ transport, ... }: transport) (sockets ++ events)
            )
            ++ lib.optional isExec "exec"
          );
      folders = lib.filter (
        folder:
        !lib.elem folder [
          "-/run"
          "-/tmp"
        ]
      ) (units.writable (map ({ socket, ... }: socket) sockets ++ policies));
      common = units.service { inherit pkgs logs; };
    in
    {
      assertions = [
        (units.assertions.accessControl "givc.${role}" cfg.accessControl cfg.network.tls)
        (units.assertions.tls "givc.${role}.network.tls" cfg.network.tls)
        (units.assertions.name "givc.${role}.network.agent.transport.name" own.name)
      ]
      ++ units.assertions.transport "givc.${role}.network.agent.transport" own
      ++ units.assertions.transport "givc.${role}.network.admin.transport" cfg.network.admin.transport
      ++ transportsOf "socketProxy.sockets" sockets
      ++ transportsOf "eventProxy.events" events
      ++ lib.concatMap (other: twoAgents other config.givc.${other}.network.agent.transport) (
        lib.filter (other: other < role) roles
      )
      ++ lib.optionals (cfg.capabilities ? socketProxy) [
        {
          assertion = cfg.capabilities.socketProxy.enable -> cfg.capabilities.socketProxy.sockets != null;
          message = "givc.${role}.capabilities.socketProxy.sockets is null: list the sockets, or disable socketProxy.";
        }
        {
          assertion = areUnique (map ({ transport, ... }: transport.port) sockets);
          message = "givc.${role}.capabilities.socketProxy.sockets: each needs a transport.port of its own.";
        }
        {
          assertion = areUnique (map ({ socket, ... }: socket) sockets);
          message = "givc.${role}.capabilities.socketProxy.sockets: each needs a socket of its own.";
        }
        {
          assertion = cfg.capabilities.eventProxy.enable -> cfg.capabilities.eventProxy.events != null;
          message = "givc.${role}.capabilities.eventProxy.events is null: list the events, or disable eventProxy.";
        }
        {
          assertion = areUnique (map ({ transport, ... }: transport.port) events);
          message = "givc.${role}.capabilities.eventProxy.events: each needs a transport.port of its own.";
        }
      ];

      givc.${role}.accessControl.agentRules = lib.mkBefore (
        permit [ cfg.network.admin.transport.name ] (
          [
            "systemd"
            "locale"
          ]
          ++ modules
          ++ lib.optional cfg.capabilities.policy.enable "policyadmin"
          ++ lib.optional cfg.capabilities.journal.enable "journal"
        )
        # The original does not have these.
        ++ permit [ cfg.network.admin.transport.name ] [ "doctor" "history" "resources" ]
        ++ permit (lib.unique (
          map (
            {
              transport,
              server,
              permittedSource,
              ...
            }:
            if server && permittedSource != null then permittedSource else transport.name
          ) (lib.filter ({ transport, ... }: isPeer transport) sockets)
        )) [ "socketproxy" ]
        ++ permit (lib.unique (
          lib.concatMap (
            { consumer, ... }:
            lib.optional (consumer.enable && consumer.permittedSource != null) consumer.permittedSource
          ) events
        )) [ "eventproxy" ]
      );

      environment.etc = {
        ${configFile}.text = text;
      }
      // lib.optionalAttrs cfg.accessControl.enable { ${rulesFile}.source = checkedRules; };

      networking.firewall.allowedTCPPorts = units.tcpPorts (
        [ own ] ++ map ({ transport, ... }: transport) (sockets ++ events)
      );

      systemd = {
        tmpfiles.rules = [ "d ${cfg.capabilities.policy.storePath} 0755 1000 100 -" ];
        ${if isSession then "user" else "services"} =
          let
            described = lib.mkMerge [
              common
              {
                serviceConfig = {
                  ExecStart = "${cfg.package}/bin/givc-agent -config /etc/${configFile}${lib.optionalString cfg.debug " -debug"}";
                  LogsDirectoryMode = if isSession then "0700" else "0750";
                  LimitNOFILE = 32768;
                }
                // lib.optionalAttrs (!isSession) {
                  # A program of exec inherits the value; one that needs much memory is still killed first.
                  OOMScoreAdjust = -250;
                }
                // lib.optionalAttrs isLoaded { inherit (credentials) LoadCredential; };
                restartTriggers = [ checkedConfig ];
                reloadTriggers = lib.optional cfg.accessControl.enable checkedRules;
              }
              (lib.mkIf cfg.hardening { serviceConfig = hardened; })
              (lib.mkIf (cfg.hardening && !isSession && !isExec && folders != [ ]) {
                serviceConfig.ReadWritePaths = folders;
              })
              service
            ];
          in
          if isSession then { services.${unit} = described; } else { ${unit} = described; };
      };
    };
}
