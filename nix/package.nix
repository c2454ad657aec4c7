# SPDX-FileCopyrightText: 2026 The GIVC authors
# SPDX-License-Identifier: Apache-2.0

# givc-admin (output out), givc-agent (agent) and givc-cli (cli), each with only what it needs at run time.
{
  lib,
  buildNpmPackage,
  fetchurl,
  importNpmLock,
  makeBinaryWrapper,
  nodejs_24,
  nodejs-slim_24,
}:
let
  root = ../.;
  inherit (lib) fileset;

  # Puts a program into a copy of Node's binary. The dependencies of this tool are not needed.
  postject = fetchurl {
    url = "https://registry.npmjs.org/postject/-/postject-1.0.0-alpha.6.tgz";
    hash = "sha512-b9Eb8h2eVqNE8edvKdwqkrY6O7kAwmI8kcnBv1NScolYJbo59XUF0noFq+lxbC1yN20bmC0WBEbDC5H/7ASb0A==";
  };
in
buildNpmPackage {
  pname = "givc-admin";
  inherit (lib.importJSON ../package.json) version;

  src = fileset.toSource {
    inherit root;
    fileset = fileset.difference (fileset.unions [
      ../package.json
      ../package-lock.json
      ../nest-cli.json
      ../tsconfig.json
      ../buf.gen.yaml
      ../buf.yaml
      ../apps
      ../libs
      ../proto
      ../scripts
    ]) (fileset.fileFilter (file: lib.hasSuffix ".spec.ts" file.name) root);
  };

  # The lock file has a checksum of each dependency, so this package needs no other.
  npmDeps = importNpmLock { npmRoot = root; };
  inherit (importNpmLock) npmConfigHook;
  # No dependency of the build needs its install script.
  npmRebuildFlags = [ "--ignore-scripts" ];
  nodejs = nodejs_24;
  nativeBuildInputs = [ makeBinaryWrapper ];

  # buf writes a cache.
  preBuild = ''
    export HOME=$TMPDIR
  '';

  outputs = [
    "out"
    "agent"
    "cli"
  ];

  # The first line of a built program has the variables and flags with which Node starts it: #!/usr/bin/env -S
  # NAME=VALUE... node FLAG...
  installPhase = ''
    runHook preInstall

    installProgram() {
      local name=$1 output=$2 word wrapper=() flags=()
      local folder=$output/libexec/givc
      mkdir -p $folder/bin $folder/lib $output/bin
      tail -n +2 dist/bin/$name >$folder/bin/$name
      cp dist/package.json $folder/
      cp -r dist/lib/start.cjs dist/lib/prom-client.cjs dist/lib/cedar dist/lib/koffi dist/lib/$name.* $folder/lib/
      for word in $(head -n 1 dist/bin/$name); do
        case $word in
          '#!'* | -S | node) ;;
          --*) flags+=("$word") ;;
          *=*) wrapper+=(--set-default "''${word%%=*}" "''${word#*=}") ;;
          *) echo "unexpected in the first line of $name: $word" >&2; return 1 ;;
        esac
      done
      makeWrapper ${nodejs-slim_24}/bin/node $output/bin/$name "''${wrapper[@]}" \
        --inherit-argv0 --add-flags "''${flags[*]} $folder/bin/$name"
    }
    installProgram givc-admin $out
    installProgram givc-agent $agent
    installProgram givc-cli $cli

    # An AppArmor profile can permit the execution of this path without permitting Node.
    mkdir postject
    tar -xzf ${postject} -C postject --strip-components 1
    if bash ${./one-file.sh} ${nodejs-slim_24}/bin/node $PWD/postject $PWD/one-file $cli/libexec/givc/bin/givc-cli; then
      mv one-file $cli/bin/givc-cli
    else
      echo "warning: givc-cli is a launcher of Node, since Node's binary takes no program: see above" >&2
    fi

    runHook postInstall
  '';

  # Either would remove the program at the end of the copy.
  dontStrip = true;
  dontPatchELF = true;

  doInstallCheck = true;
  installCheckPhase = ''
    runHook preInstallCheck
    $out/bin/givc-admin --version
    $agent/bin/givc-agent --version
    $cli/bin/givc-cli --version
    runHook postInstallCheck
  '';

  meta = {
    description = "gRPC inter-VM communication: admin, agent and command line";
    homepage = "https://github.com/tiiuae/ghaf-givc";
    license = lib.licenses.asl20;
    mainProgram = "givc-admin";
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
    ];
  };
}
