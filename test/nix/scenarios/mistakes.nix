# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# Configurations that the assertions reject.
{
  mistakes = {
    users.users.nobody = { };
    givc = {
      admin = {
        enable = true;
        tls.enable = false;
        accessControl.enable = true;
        policyAdmin = {
          enable = true;
          factoryPolicies.enable = true;
          updater = {
            gitURL.enable = true;
            perPolicy.enable = true;
          };
        };
      };
      host = {
        enable = true;
        network = {
          agent.transport.name = "same";
          tls.keyPath = "";
        };
        capabilities.services = [ ];
      };
      sysvm = {
        enable = true;
        network = {
          agent.transport.name = "same";
          admin.transport.protocol = "vsock";
          tls.certPath = "";
        };
        capabilities = {
          services = [ ];
          socketProxy = {
            enable = true;
            sockets = [
              { }
              { }
            ];
          };
          eventProxy = {
            enable = true;
            events = [
              { }
              { }
            ];
          };
        };
      };
      appvm = {
        enable = true;
        accessControl.enable = true;
        network = {
          agent.transport = {
            name = "app-vm";
            port = "port";
          };
          tls.enable = false;
        };
        capabilities = {
          applications = [ ];
          socketProxy.enable = true;
          eventProxy.enable = true;
        };
      };
      tls = {
        enable = true;
        generatorHostName = "";
        storagePath = "";
      };
      dbusproxy = {
        enable = true;
        system.enable = true;
        session = {
          enable = true;
          user = "nobody";
        };
      };
    };
  };
  wrongWords.givc = {
    admin = {
      enable = true;
      addresses = [
        { addr = ""; }
        {
          protocol = "unix";
          addr = "admin.sock";
        }
      ];
      policyAdmin = {
        enable = true;
        updater.gitURL.enable = true;
      };
    };
    sysvm = {
      enable = true;
      network.agent.transport = {
        name = "net vm";
        addr = "net vm";
      };
      capabilities.socketProxy = {
        enable = true;
        sockets = [
          {
            transport = {
              name = "gui-vm";
              port = "70000";
            };
          }
        ];
      };
    };
  };
  noBus.givc.dbusproxy.enable = true;
}
