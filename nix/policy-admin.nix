# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# The sources of the admin's policies, and the VMs that get them.
{ lib, pkgs }:
let
  inherit (lib) mkOption types;
  shared = import ./types.nix { inherit lib; };

  url =
    description:
    mkOption {
      type = types.nullOr types.str;
      default = "";
      inherit description;
    };
  revision =
    description:
    mkOption {
      type = types.nullOr types.str;
      default = null;
      inherit description;
    };
  interval = mkOption {
    type = types.int;
    default = 30;
    description = "Seconds between two checks for new policies; with 0 there is only one check.";
  };

  isSet = value: value != null && value != "";
in
{
  options = {
    enable = shared.enable "policies for VMs";
    storePath = shared.text "/etc/policies" "Folder in which policies are kept.";
    factoryPolicies = {
      enable = shared.enable "policies from a git repository that is part of the system";
      url = url "The repository.";
      rev = revision "The commit.";
      sha256 = revision "The hash of the commit's files with `.git`, as fetchgit wants it.";
    };
    updater = {
      gitURL = {
        enable = shared.enable "policies from a git repository";
        url = url "The repository.";
        ref = shared.text "master" "The branch.";
        poll_interval_secs = interval;
      };
      perPolicy.enable = shared.enable "policies with a URL for each";
    };
    policies = mkOption {
      type = types.attrsOf (
        types.submodule {
          options = {
            vms = shared.texts [ ] "VMs that get the policy.";
            perPolicyUpdater = {
              url = url "Where the policy comes from.";
              poll_interval_secs = interval;
            };
          };
        }
      );
      default = { };
      description = "The policies.";
    };
  };

  assertions =
    {
      factoryPolicies,
      updater,
      enable,
      ...
    }:
    [
      {
        assertion = !(updater.gitURL.enable && updater.perPolicy.enable);
        message = "givc.admin.policyAdmin.updater: gitURL and perPolicy exclude each other; enable one of them.";
      }
      {
        assertion = enable && updater.gitURL.enable -> isSet updater.gitURL.url;
        message = "givc.admin.policyAdmin.updater.gitURL.url is empty: name the git repository, or disable gitURL.";
      }
      {
        assertion =
          enable && factoryPolicies.enable
          -> isSet factoryPolicies.url && isSet factoryPolicies.rev && isSet factoryPolicies.sha256;
        message = "givc.admin.policyAdmin.factoryPolicies needs url, rev and sha256: nix-prefetch-git --leave-dotGit prints them.";
      }
    ];

  # The value of POLICY_CONFIG: JSON, or the path of a JSON file if NixOS would reject so long a variable.
  configuration =
    {
      enable,
      updater,
      factoryPolicies,
      policies,
      ...
    }:
    let
      source =
        if updater.gitURL.enable then
          {
            type = "git-url";
            inherit (updater.gitURL) url ref poll_interval_secs;
          }
        else if updater.perPolicy.enable then
          { type = "per-policy"; }
        else if factoryPolicies.enable then
          { type = "none"; }
        else
          null;
      json = builtins.toJSON (
        lib.optionalAttrs (enable && source != null) {
          inherit source policies;
        }
      );
    in
    if lib.stringLength json > 1500 then "${pkgs.writeText "policies.json" json}" else json;

  service =
    {
      enable,
      factoryPolicies,
      storePath,
      ...
    }:
    lib.mkIf
      (
        enable
        && factoryPolicies.enable
        && isSet factoryPolicies.url
        && isSet factoryPolicies.rev
        && isSet factoryPolicies.sha256
      )
      {
        serviceConfig.ExecStartPre = [
          "-!${pkgs.writeShellScript "givc-factory-policies" ''
            set -eu
            data=${lib.escapeShellArg storePath}/data
            [ ! -e "$data" ] || exit 0
            mkdir -p "$data"
            cp -r ${
              pkgs.fetchgit {
                inherit (factoryPolicies) url rev sha256;
                leaveDotGit = true;
              }
            }/{.git,vm-policies} "$data"
            chmod -R u+w "$data"
          ''}"
        ];
      };
}
