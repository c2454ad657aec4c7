# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# Each option once, with a value other than its default if two values can work.
let
  transport = name: port: {
    inherit name port;
    addr = "192.168.101.9";
    protocol = "tcp";
  };
  tls = {
    enable = true;
    caCertPath = "/srv/ca-cert.pem";
    certPath = "/srv/cert.pem";
    keyPath = "/srv/key.pem";
  };
  accessControl = {
    enable = true;
    agentRules = [
      {
        permittedVms = [ "audit-vm" ];
        permittedModules = [ "stats" ];
      }
    ];
  };
  policy = {
    enable = true;
    storePath = "/srv/policies";
    policies.firewall = "/etc/firewall/rules.nft";
  };
  proxies = first: {
    socketProxy = {
      enable = true;
      sockets = [
        {
          transport = transport "net-vm" "${first}1";
          socket = "/tmp/first-${first}.sock";
          server = true;
          permittedSource = "chrome-vm";
          maxConnections = 20;
        }
        {
          transport = transport "net-vm" "${first}3";
          socket = "/tmp/made-${first}.sock";
          server = false;
          owner = "proxyuser";
          group = "proxyuser";
          mode = "0700";
        }
      ];
    };
    eventProxy = {
      enable = true;
      events = [
        {
          transport = transport "net-vm" "${first}2";
          producer = {
            enable = true;
            grab = true;
          };
          consumer = {
            enable = true;
            permittedSource = "audio-vm";
            classes = [ "keyboard" ];
          };
          device = "mouse";
        }
      ];
    };
  };
  proxy = name: {
    enable = true;
    user = name;
    socket = "/tmp/${name}.sock";
    debug = true;
    policy = {
      see = [ "org.example.See" ];
      talk = [ "org.example.Talk" ];
      own = [ "org.example.Own" ];
      call = [ "org.example.Call=org.example.Call.*@/org/example" ];
      broadcast = [ "org.example.Broadcast=*" ];
    };
  };
in
{
  users.users.ghaf = {
    isNormalUser = true;
    uid = 1001;
  };
  givc = {
    admin = {
      enable = true;
      debug = true;
      hardening = true;
      loadCredentials = true;
      name = "admin-vm";
      addresses = [
        (transport "admin-vm" "9001")
        {
          protocol = "unix";
          addr = "/run/givc-admin.sock";
        }
      ];
      services = [ "givc-net-vm.service" ];
      inherit tls;
      accessControl = {
        enable = true;
        adminRules = [
          {
            from = [ "gui-vm" ];
            to = [ "chrome-vm" ];
            permittedRequests = [
              "StartApplication"
              "journal.ReadJournal"
            ];
          }
          {
            from = [ "gui-vm" ];
            permittedRequests = [
              "QueryList"
              "report.ListMachines"
              "history.QueryHistory"
              "history.GetRegistryAt"
              "history.ListBoots"
              "doctor.RunChecks"
              "resources.GetUsage"
            ];
          }
        ];
      };
      policyAdmin = {
        enable = true;
        storePath = "/srv/store";
        factoryPolicies = {
          enable = true;
          url = "https://example.org/policies.git";
          rev = "c0ffee";
          sha256 = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        };
        updater = {
          perPolicy.enable = false;
          gitURL = {
            enable = true;
            url = "https://example.org/policies%20of%20ours.git";
            ref = "main";
            poll_interval_secs = 60;
          };
        };
        policies.firewall = {
          vms = [ "net-vm" ];
          perPolicyUpdater = {
            url = "https://example.org/firewall";
            poll_interval_secs = 90;
          };
        };
      };
    };
    host = {
      enable = true;
      debug = true;
      hardening = true;
      loadCredentials = true;
      inherit accessControl;
      network = {
        agent.transport = transport "ghaf-host" "9003";
        admin.transport = transport "admin-vm" "9001";
        inherit tls;
      };
      capabilities = {
        services = [ "poweroff.target" ];
        vmServices = {
          adminVm = "microvm@admin-vm.service";
          systemVms = [ "microvm@net-vm.service" ];
          appVms = [ "microvm@chrome-vm.service" ];
        };
        exec.enable = true;
        inherit policy;
      };
    };
    sysvm = {
      enable = true;
      debug = true;
      hardening = true;
      loadCredentials = false;
      enableUserTlsAccess = true;
      inherit accessControl;
      network = {
        agent.transport = transport "gui-vm" "9004";
        admin.transport = transport "admin-vm" "9001";
        inherit tls;
      };
      notifier = {
        enable = true;
        timeout = 5000;
        group = "wheel";
      };
      capabilities = {
        services = [ "poweroff.target" ];
        wifi.enable = true;
        journal.enable = true;
        ctap.enable = true;
        hwid = {
          enable = true;
          interface = "wlp0s5f0";
        };
        inherit policy;
      }
      // proxies "911";
    };
    appvm = {
      enable = true;
      debug = true;
      hardening = true;
      uid = 1001;
      inherit accessControl;
      network = {
        agent.transport = transport "chrome-vm" "9005";
        admin.transport = transport "admin-vm" "9001";
        tls.enable = true;
      };
      capabilities = {
        services = [ "web.service" ];
        applications = [
          {
            name = "chrome";
            command = "/run/current-system/sw/bin/chrome --ozone-platform=wayland";
            args = [
              "url"
              "flag"
              "file"
            ];
            directories = [ "/home/ghaf/Documents" ];
          }
        ];
        inherit policy;
      }
      // proxies "912";
    };
    dbusproxy = {
      enable = true;
      hardening = true;
      system = proxy "proxyuser";
      session = proxy "ghaf";
    };
    tls = {
      enable = true;
      agents = [
        (transport "ghaf-host" "9000")
        (transport "net-vm" "9000")
        {
          name = "vsock-vm";
          addr = "3";
          protocol = "vsock";
        }
      ];
      generatorHostName = "ghaf-host";
      storagePath = "/persist/givc";
    };
  };
  services.ota-update-server = {
    enable = true;
    port = 3001;
    path = "/srv/profiles";
    allowedProfiles = [
      "one"
      "two"
    ];
    publicKey = "cache.example.org-1:AAAA";
    cachix = "example";
  };
}
